// What a profiler sees of blocks on their way through a GPU.

#include "scheduler/trace.h"

#include <dlfcn.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <memory>

#include "tests/scheduler/counting_tool.h"
#include "tests/scheduler/sim_scheduler.h"

namespace gpu_zstd {
namespace {

using test::quick_options;
using test::scheduler_over;

class TraceTest : public testing::Test {
 protected:
  // Before the first range: NVTX looks at the environment once.
  static void SetUpTestSuite() {
    setenv("NVTX_INJECTION64_PATH", GPU_ZSTD_COUNTING_TOOL, /*replace=*/1);
  }

  static CountedRanges counted() {
    void* library = dlopen(GPU_ZSTD_COUNTING_TOOL, RTLD_LAZY);
    auto* count =
        library == nullptr
            ? nullptr
            : reinterpret_cast<CountRanges*>(dlsym(library, kCountRanges));
    CountedRanges ranges;
    if (count == nullptr) {
      ADD_FAILURE() << dlerror();
    } else {
      count(&ranges);
    }
    return ranges;
  }

  test::Script script_ = std::make_shared<SimScript>();
};

TEST_F(TraceTest, EveryPartOfABlocksWayIsARange) {
  script_->stores = true;
  script_->latency_ns = 200'000;
  auto scheduler = scheduler_over({script_});
  ASSERT_TRUE(test::becomes(*scheduler, DeviceState::kReady));
  const CountedRanges before = counted();
  constexpr uint64_t kBlocks = 8 * 10;
  EXPECT_EQ(test::run_threads(*scheduler, 8, 10, 2000), 0);
  const uint64_t batches = scheduler->snapshot().event(Event::kBatch);
  scheduler.reset();  // the device's thread has ended its last range
  CountedRanges after = counted();
  const auto begun = [&](const char* name) {
    const auto at = before.by_name.find(name);
    return after.by_name[name] - (at == before.by_name.end() ? 0 : at->second);
  };
  for (const char* name : {"gather", "wait", "scatter", "verify"}) {
    EXPECT_EQ(begun(name), kBlocks) << name;
  }
  for (const char* name : {"launch", "batch", "wake"}) {
    EXPECT_EQ(begun(name), batches) << name;
  }
  EXPECT_EQ(after.by_name.count("?"), 0u);
  EXPECT_EQ(after.batch_blocks - before.batch_blocks, kBlocks);
  EXPECT_EQ(after.open_batches, 0u);
  EXPECT_EQ(after.unmatched, 0u);
}

// By the device's thread or by the waker.
TEST_F(TraceTest, EachBatchIsWokenOnce) {
  script_->stores = true;
  script_->latency_ns = 300'000;
  auto scheduler = scheduler_over({script_}, SchedulerOptions());
  ASSERT_TRUE(test::becomes(*scheduler, DeviceState::kReady));
  const uint64_t before = counted().by_name["wake"];
  EXPECT_EQ(test::run_threads(*scheduler, 64, 10, 2000), 0);
  const uint64_t batches = scheduler->snapshot().event(Event::kBatch);
  scheduler.reset();  // both threads have ended their last range
  EXPECT_EQ(counted().by_name["wake"] - before, batches);
}

TEST_F(TraceTest, AWaitForALaneIsARangeOfItsOwn) {
  script_->stores = true;
  script_->latency_ns = 1'000'000;
  SchedulerOptions options = quick_options();
  options.engine.max_lanes = 1;
  const auto scheduler = scheduler_over({script_}, options);
  ASSERT_TRUE(test::becomes(*scheduler, DeviceState::kReady));
  // More threads than a lane has slots, at three levels: some must wait.
  EXPECT_EQ(test::run_threads(*scheduler, 40, 3, 2000), 0);
  EXPECT_GT(counted().by_name["wait for a lane"], 0u);
}

// A batch that is lost ends its range too.
TEST_F(TraceTest, AFailedBatchIsNoOpenRange) {
  script_->stores = true;
  script_->faults = {{SimCall::kPoll, 0, SimScript::kAlways, Fault::kSticky}};
  auto scheduler = scheduler_over({script_});
  ASSERT_TRUE(test::becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(test::run_threads(*scheduler, 4, 2, 2000), 0);
  EXPECT_GT(scheduler->snapshot().event(Event::kBatchFailed), 0u);
  scheduler.reset();
  EXPECT_EQ(counted().open_batches, 0u);
  EXPECT_EQ(counted().unmatched, 0u);
}

}  // namespace
}  // namespace gpu_zstd
