// Every call of the seam failing in every way, and batches that do not end:
// blocks come out right, callers leave, counters tell.

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tuple>

#include "scheduler/lane.h"
#include "tests/scheduler/sim_scheduler.h"

namespace gpu_zstd {
namespace {

using test::becomes;
using test::Block;
using test::quick_options;
using test::quick_script;
using test::run_threads;
using test::scheduler_over;
using test::short_deadline;
using test::text_like;

constexpr uint64_t kAlways = SimScript::kAlways;

struct When {
  const char* name;
  uint64_t first;
  uint64_t count;
};
constexpr When kWhens[] = {{"First", 0, 1},
                           {"Third", 2, 1},
                           {"FromTheFirst", 0, kAlways},
                           {"FromTheThird", 2, kAlways}};
constexpr const char* kCallNames[] = {
    "Open",   "AllocateDevice", "AllocatePinned", "MakeQueue",
    "Submit", "Poll",           "Check"};
constexpr const char* kFaultNames[] = {"None", "Absent", "Transient", "Sticky"};

bool comes_to_say(Scheduler& scheduler, const std::string& text) {
  return test::eventually(
      [&] { return test::count_of(test::all_messages(scheduler), text) > 0; });
}

// A device whose context is lost is not called again, whoever asks for that.
void expect_no_retry(Scheduler& scheduler, const SimScript& script) {
  const uint64_t opened = script.calls(SimCall::kOpen);
  const uint64_t checked = script.calls(SimCall::kCheck);
  scheduler.retry_devices();
  EXPECT_TRUE(comes_to_say(scheduler, "not tried again"));
  EXPECT_EQ(run_threads(scheduler, 1, 1, 2000), 0);
  EXPECT_EQ(scheduler.device_state(), DeviceState::kSetAside);
  EXPECT_EQ(script.calls(SimCall::kOpen), opened);
  EXPECT_EQ(script.calls(SimCall::kCheck), checked);
}

class SeamFaults : public testing::TestWithParam<std::tuple<int, int, int>> {};

TEST_P(SeamFaults, EveryBlockIsRight) {
  const auto [call, fault, when] = GetParam();
  const auto script = std::make_shared<SimScript>();
  script->stores = true;
  script->faults.push_back({static_cast<SimCall>(call), kWhens[when].first,
                            kWhens[when].count, static_cast<Fault>(fault)});
  if (static_cast<SimCall>(call) == SimCall::kCheck) {
    // A device is checked only after a passing error.
    script->faults.push_back({SimCall::kSubmit, 1, 1, Fault::kTransient});
  }
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(test::eventually(
      [&] { return scheduler->device_state() != DeviceState::kStarting; }));
  for (int round = 0; round < 4; ++round) {
    EXPECT_EQ(run_threads(*scheduler, 6, 3, 2000), 0);
  }
  const CounterSnapshot counted = scheduler->snapshot();
  uint64_t blocks = 0;
  for (const Engine engine : {Engine::kCpu, Engine::kGpu}) {
    blocks += counted.outcome(engine, Outcome::kCompressed).blocks;
  }
  EXPECT_EQ(blocks, 72u);
  const bool sticky = static_cast<Fault>(fault) == Fault::kSticky;
  const bool met =
      script->calls(static_cast<SimCall>(call)) > kWhens[when].first;
  if (met) {
    EXPECT_TRUE(comes_to_say(*scheduler, "simulated"));
  }
  if (sticky && met) {
    EXPECT_TRUE(becomes(*scheduler, DeviceState::kSetAside));
    EXPECT_EQ(scheduler->snapshot().event(Event::kStickyError), 1u);
    expect_no_retry(*scheduler, *script);
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, SeamFaults,
    testing::Combine(testing::Range(0, static_cast<int>(kSimCallCount)),
                     testing::Values(1, 2, 3), testing::Range(0, 4)),
    [](const auto& row) {
      return std::string(kCallNames[std::get<0>(row.param)]) +
             kFaultNames[std::get<1>(row.param)] +
             kWhens[std::get<2>(row.param)].name;
    });

TEST(Hang, EveryCallerLeavesAndTheLaneIsNeverUsedAgain) {
  const auto script = quick_script();
  script->damages.push_back({0, 1, SimDamage::kHold});
  const auto scheduler = scheduler_over({script}, short_deadline());
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(run_threads(*scheduler, 3, 1, 2000), 0);
  EXPECT_TRUE(test::eventually(
      [&] { return scheduler->snapshot().event(Event::kBatchHung) == 1; }));
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady)) << "the other lanes";
  EXPECT_GE(
      scheduler->snapshot().route(Engine::kCpu, RouteReason::kLate).blocks, 1u);
  script->heal();
  script->release_held();  // the late write goes where nobody reads
  EXPECT_EQ(run_threads(*scheduler, 8, 10, 2000), 0);
  EXPECT_EQ(scheduler->snapshot().event(Event::kLaneSetAside), 1u);
  EXPECT_GT(scheduler->snapshot().blocks_by(Engine::kGpu), 0u);
}

TEST(Hang, OneDeviceHangingLeavesTheOther) {
  const auto bad = quick_script();
  bad->damages.push_back({0, kAlways, SimDamage::kHold});
  const auto good = quick_script();
  const auto scheduler = scheduler_over({bad, good}, short_deadline());
  ASSERT_TRUE(test::eventually([&] {
    return scheduler->engines().find("starting") == std::string::npos;
  }));
  EXPECT_EQ(run_threads(*scheduler, 8, 10, 2000), 0);
  EXPECT_EQ(scheduler->device_state(), DeviceState::kReady);
  Block block(text_like(4096, 1));
  ASSERT_TRUE(test::eventually([&] {
    block.compress(*scheduler);
    return block.right() && block.result.engine == Engine::kGpu;
  }));
}

TEST(OutOfOrder, LaterBatchesMayBeDoneFirst) {
  const auto script = quick_script();
  script->damages.push_back({0, 3, SimDamage::kHold});
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  std::vector<std::thread> threads;
  std::atomic<int> wrong{0};
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      Block block(text_like(2000, static_cast<uint64_t>(t)), 1 + t);
      block.compress(*scheduler);
      wrong += block.right() && block.result.engine == Engine::kGpu ? 0 : 1;
    });
  }
  ASSERT_TRUE(
      test::eventually([&] { return script->calls(SimCall::kSubmit) == 3; }));
  script->release_held();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST(OutOfMemory, AtStartIsTriedAgain) {
  const auto script = quick_script();
  script->faults.push_back({SimCall::kAllocatePinned, 0, 3, Fault::kTransient});
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(scheduler->snapshot().event(Event::kTransientError), 3u);
  EXPECT_EQ(scheduler->snapshot().event(Event::kRetry), 3u);
  Block block(text_like(4096, 1));
  EXPECT_EQ(block.compress(*scheduler).engine, Engine::kGpu);
}

TEST(OutOfMemory, AfterSomeLanesMeansFewerLanes) {
  const auto script = quick_script();
  script->capacity = 5 * LaneMemory::pinned_bytes() / 2;
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_NE(scheduler->engines().find("2 lanes"), std::string::npos);
  EXPECT_EQ(run_threads(*scheduler, 8, 3, 2000), 0);
}

TEST(OutOfMemory, OptionsThatAllowNoLaneAreSaid) {
  SchedulerOptions options = quick_options();
  options.engine.max_pinned_memory = 1000;
  const auto scheduler = scheduler_over({quick_script()}, options);
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kBackingOff));
  EXPECT_EQ(run_threads(*scheduler, 2, 2, 2000), 0);
  std::string all;
  for (const std::string& line : scheduler->take_messages()) all += line;
  EXPECT_NE(all.find("do not allow a single lane"), std::string::npos) << all;
}

TEST(Absent, IsTriedAgainOnRequest) {
  const auto script = quick_script();
  script->faults.push_back({SimCall::kOpen, 0, 1, Fault::kAbsent});
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kAbsent));
  Block block(text_like(4096, 1));
  block.compress(*scheduler);
  EXPECT_TRUE(block.right());
  EXPECT_EQ(
      scheduler->snapshot().route(Engine::kCpu, RouteReason::kNoDevice).blocks,
      1u);
  scheduler->retry_devices();
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(block.compress(*scheduler).engine, Engine::kGpu);
}

TEST(Stop, InMidBatchLosesNothing) {
  for (int round = 0; round < 5; ++round) {
    const auto script = quick_script();
    script->latency_ns = 2'000'000;
    // With all lanes the waker is at work too.
    SchedulerOptions options = test::quick_options();
    options.engine.max_lanes = round % 2 == 0 ? 4 : EngineOptions::kMaxLanes;
    const auto scheduler = scheduler_over({script}, options);
    ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
    std::thread stopper([&] {
      test::eventually([&] { return script->calls(SimCall::kSubmit) > 10; });
      scheduler->stop_devices();
    });
    EXPECT_EQ(run_threads(*scheduler, 64, 10, 2000), 0);
    stopper.join();
    EXPECT_NE(scheduler->device_state(), DeviceState::kReady);
  }
}

TEST(Stop, DoesNotWaitForAHungBatch) {
  const auto script = quick_script();
  script->damages.push_back({0, kAlways, SimDamage::kHold});
  const auto scheduler = scheduler_over({script}, short_deadline());
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(run_threads(*scheduler, 4, 1, 2000), 0);
  scheduler->stop_devices();
  EXPECT_EQ(run_threads(*scheduler, 2, 2, 2000), 0);
}

std::atomic<bool> driver_loads{false};

Devices slow_to_load_devices(const std::vector<int>&) {
  test::eventually([] { return !driver_loads.load(); });
  Devices devices;
  devices.push_back(make_sim_device(quick_script()));
  return devices;
}

// Ends only if no caller is held while the driver loads.
TEST(Start, CallersGoOnWhileTheDriverLoads) {
  driver_loads.store(true);
  Scheduler scheduler(&slow_to_load_devices, test::quick_options());
  EXPECT_EQ(scheduler.device_state(), DeviceState::kNotStarted);
  scheduler.start_devices();
  EXPECT_EQ(scheduler.device_state(), DeviceState::kStarting);
  EXPECT_EQ(run_threads(scheduler, 4, 4, 2000), 0);
  EXPECT_EQ(scheduler.snapshot().blocks_by(Engine::kGpu), 0u);
  EXPECT_EQ(
      scheduler.snapshot().route(Engine::kCpu, RouteReason::kStarting).blocks,
      16u);
  driver_loads.store(false);
  ASSERT_TRUE(becomes(scheduler, DeviceState::kReady));
  EXPECT_EQ(run_threads(scheduler, 4, 4, 2000), 0);
  EXPECT_EQ(scheduler.snapshot().blocks_by(Engine::kGpu), 16u);
}

TEST(Start, StopWhileTheDriverLoadsEndsTheDevices) {
  driver_loads.store(true);
  SchedulerOptions options = test::quick_options();
  options.engine.deadline_ns = 1'000'000;
  Scheduler scheduler(&slow_to_load_devices, options);
  scheduler.start_devices();
  scheduler.stop_devices();
  driver_loads.store(false);
  EXPECT_TRUE(becomes(scheduler, DeviceState::kSetAside));
  EXPECT_EQ(run_threads(scheduler, 2, 2, 2000), 0);
  EXPECT_EQ(scheduler.snapshot().blocks_by(Engine::kGpu), 0u);
}

Devices never_done_devices(const std::vector<int>&) {
  const auto script = quick_script();
  script->damages.push_back({0, kAlways, SimDamage::kHold});
  Devices devices;
  devices.push_back(make_sim_device(script));
  return devices;
}

// Leaves the process while a thread waits for a batch, as RocksDB's threads may
// at the end of a program.
[[noreturn]] void exit_in_mid_batch() {
  auto* scheduler = new Scheduler(&never_done_devices, short_deadline());
  Scheduler::replace_shared(scheduler);
  scheduler->start_devices();
  becomes(*scheduler, DeviceState::kReady);
  std::thread([scheduler] {
    Block block(text_like(4096, 1));
    block.compress(*scheduler);
    for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
  }).detach();
  test::eventually(
      [&] { return scheduler->snapshot().event(Event::kBatch) == 1; });
  std::exit(scheduler->device_state() == DeviceState::kReady ? 0 : 1);
}

TEST(ExitDeathTest, InMidBatchEndsTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  EXPECT_EXIT(exit_in_mid_batch(), testing::ExitedWithCode(0), "");
}

// TSan does not follow a fork from a process with threads.
#if !defined(__SANITIZE_THREAD__)
TEST(Fork, TheChildUsesTheCpu) {
  const auto script = quick_script();
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  Block before(text_like(4096, 1));
  EXPECT_EQ(before.compress(*scheduler).engine, Engine::kGpu);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Block block(text_like(4096, 2));
    block.compress(*scheduler);
    const bool counted = scheduler->snapshot()
                             .route(Engine::kCpu, RouteReason::kForked)
                             .blocks == 1;
    const bool good =
        block.right() && block.result.engine == Engine::kCpu && counted;
    _exit(good ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  Block after(text_like(4096, 3));
  EXPECT_EQ(after.compress(*scheduler).engine, Engine::kGpu);
}
#endif

}  // namespace
}  // namespace gpu_zstd
