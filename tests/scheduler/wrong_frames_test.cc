// A device whose frames are wrong, or which is set aside for that or for its
// hangs: no wrong frame reaches a caller, and what happened is said and
// counted.

#include <gtest/gtest.h>

#include <cstdio>

#include "scheduler/device_result.h"
#include "tests/scheduler/sim_scheduler.h"

namespace gpu_zstd {
namespace {

using test::all_messages;
using test::becomes;
using test::Block;
using test::count_of;
using test::eventually;
using test::quick_options;
using test::quick_script;
using test::run_threads;
using test::scheduler_over;
using test::short_deadline;
using test::text_like;

class BatchDamage : public testing::TestWithParam<int> {};

TEST_P(BatchDamage, NeverReachesTheCaller) {
  const auto script = std::make_shared<SimScript>();
  script->damages.push_back({1, 2, static_cast<SimDamage>(GetParam())});
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(run_threads(*scheduler, 4, 6, 2000), 0);
  const CounterSnapshot counted = scheduler->snapshot();
  EXPECT_GT(counted.event(Event::kFrameWrong), 0u);
  EXPECT_GT(counted.route(Engine::kCpu, RouteReason::kWrongResult).blocks, 0u);
  const std::string said = all_messages(*scheduler);
  EXPECT_EQ(count_of(said, "wrong frame: level "),
            counted.event(Event::kFrameWrong))
      << said;
}

INSTANTIATE_TEST_SUITE_P(
    Kinds, BatchDamage,
    testing::Values(static_cast<int>(SimDamage::kFlipBit),
                    static_cast<int>(SimDamage::kSwap),
                    static_cast<int>(SimDamage::kNothing),
                    static_cast<int>(SimDamage::kStale),
                    static_cast<int>(SimDamage::kZeroBytes),
                    static_cast<int>(SimDamage::kHugeBytes),
                    static_cast<int>(SimDamage::kBadStatus),
                    static_cast<int>(SimDamage::kOverrun)));

TEST(Verification, ThreeWrongFramesInARowSetTheDeviceAside) {
  const auto script = std::make_shared<SimScript>();
  script->damages.push_back({0, SimScript::kAlways, SimDamage::kFlipBit});
  const auto scheduler = scheduler_over({script});
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  EXPECT_EQ(run_threads(*scheduler, 1, 10, 2000), 0);
  EXPECT_EQ(scheduler->device_state(), DeviceState::kSetAside);
  const CounterSnapshot counted = scheduler->snapshot();
  EXPECT_EQ(counted.event(Event::kFrameWrong), 3u);
  EXPECT_EQ(counted.event(Event::kDeviceSetAside), 1u);
  EXPECT_EQ(counted.route(Engine::kCpu, RouteReason::kUnhealthy).blocks, 7u);

  script->heal();
  scheduler->retry_devices();
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  Block block(text_like(4096, 5));
  EXPECT_EQ(block.compress(*scheduler).engine, Engine::kGpu);
}

// The journal's lines behind one block of a device that damages its frame.
std::string report_of(SimDamage damage, bool stores) {
  const auto script = std::make_shared<SimScript>();
  script->stores = stores;
  script->damages.push_back({0, 1, damage});
  const auto scheduler = scheduler_over({script});
  EXPECT_TRUE(becomes(*scheduler, DeviceState::kReady));
  Block block(text_like(4096, 5));
  block.compress(*scheduler);
  EXPECT_TRUE(block.right());
  return all_messages(*scheduler);
}

void expect_parts(const std::string& text,
                  const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    EXPECT_NE(text.find(part), std::string::npos) << part << " in " << text;
  }
}

TEST(Report, OfAFrameWithOtherContentNamesThePlace) {
  const std::string input = text_like(4096, 5);
  // A raw block behind 12 bytes of headers, with a bit flipped in the middle.
  const size_t at = (input.size() + 12) / 2 - 12;
  char byte[3];
  std::snprintf(byte, sizeof(byte), "%02x",
                static_cast<unsigned>(static_cast<unsigned char>(input[at])));
  expect_parts(
      report_of(SimDamage::kFlipBit, /*stores=*/true),
      {"level 3", "checksum 0", "4096 bytes in 4108",
       "differs at " + std::to_string(at) + ", where the input is " + byte,
       "frame 28b52ffd"});
}

TEST(Report, OfBytesThatAreNoFrameShowsNoInput) {
  const std::string report = report_of(SimDamage::kSwap, /*stores=*/false);
  expect_parts(report, {"level 3", "4096 bytes", "corruption", "28b52ffd"});
  EXPECT_EQ(report.find("input"), std::string::npos) << report;
  EXPECT_EQ(report.find(" at "), std::string::npos) << report;
}

TEST(Report, OfASizeOrStatusThatMakesNoSenseNamesBoth) {
  const std::string room = " of at most 4160, ";
  expect_parts(report_of(SimDamage::kHugeBytes, true),
               {"level 3", "4096 bytes in 4161" + room + "status 0"});
  expect_parts(report_of(SimDamage::kBadStatus, true), {room + "status 77"});
  expect_parts(report_of(SimDamage::kOverrun, true), {"behind it written to"});
}

TEST(DeviceResult, IsBelievedOnlyWhereItMakesSense) {
  EXPECT_EQ(DeviceResult{}.judge(~size_t{0}), Outcome::kEngineFailed)
      << "nothing was written";
  const auto judge = [](size_t bytes, Status status) {
    return DeviceResult{bytes, status}.judge(100);
  };
  EXPECT_EQ(judge(1, Status::kCompressed), Outcome::kCompressed);
  EXPECT_EQ(judge(100, Status::kCompressed), Outcome::kCompressed);
  EXPECT_EQ(judge(101, Status::kCompressed), Outcome::kEngineFailed);
  EXPECT_EQ(judge(0, Status::kCompressed), Outcome::kEngineFailed);
  EXPECT_EQ(judge(0, Status::kDoesNotFit), Outcome::kDoesNotFit);
  EXPECT_EQ(judge(1, Status::kDoesNotFit), Outcome::kEngineFailed);
  EXPECT_EQ(judge(50, Status::kUnsupported), Outcome::kEngineFailed);
}

// One thread a block, each of another level: no two share a batch.
class Callers {
 public:
  Callers(Scheduler& scheduler, int count) {
    for (int i = 0; i < count; ++i) {
      threads_.emplace_back([this, &scheduler, i] {
        Block block(text_like(2000, static_cast<uint64_t>(i)), 1 + i);
        block.compress(scheduler);
        wrong_ += block.right() ? 0 : 1;
      });
    }
  }
  ~Callers() {
    for (auto& thread : threads_) thread.join();
    EXPECT_EQ(wrong_, 0);
  }

 private:
  std::atomic<int> wrong_{0};
  std::vector<std::thread> threads_;
};

TEST(SetAside, IsCountedAndSaidOnceHoweverManyBatchesHang) {
  const auto script = quick_script();
  script->damages.push_back({0, SimScript::kAlways, SimDamage::kHold});
  SchedulerOptions options = short_deadline();
  options.engine.max_lanes = 16;
  const auto scheduler = scheduler_over({script}, options);
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  ASSERT_TRUE(eventually([&] {
    const Callers callers(*scheduler, 8);
    return scheduler->device_state() == DeviceState::kSetAside;
  }));
  ASSERT_TRUE(eventually([&] {
    return scheduler->snapshot().event(Event::kBatchHung) ==
           script->calls(SimCall::kSubmit);
  }));
  EXPECT_EQ(scheduler->snapshot().event(Event::kDeviceSetAside), 1u);
  EXPECT_EQ(count_of(all_messages(*scheduler), "set aside: "), 1u);
}

TEST(SetAside, OutlastsAHangOfAnotherBatch) {
  const auto script = quick_script();
  script->damages.push_back({0, 2, SimDamage::kHold});
  script->damages.push_back({2, SimScript::kAlways, SimDamage::kFlipBit});
  SchedulerOptions options = quick_options();
  options.engine.deadline_ns = 1'000'000'000;
  const auto scheduler = scheduler_over({script}, options);
  ASSERT_TRUE(becomes(*scheduler, DeviceState::kReady));
  const Callers held(*scheduler, 2);
  ASSERT_TRUE(eventually([&] { return script->calls(SimCall::kSubmit) == 2; }));
  ASSERT_TRUE(eventually([&] {
    EXPECT_EQ(run_threads(*scheduler, 1, 1, 2000), 0);
    return scheduler->device_state() == DeviceState::kSetAside;
  }));
  // The first hang was dealt with when the second is counted.
  ASSERT_TRUE(eventually(
      [&] { return scheduler->snapshot().event(Event::kBatchHung) == 2; }));
  EXPECT_EQ(scheduler->device_state(), DeviceState::kSetAside);
  EXPECT_EQ(scheduler->snapshot().event(Event::kDeviceSetAside), 1u);
}

}  // namespace
}  // namespace gpu_zstd
