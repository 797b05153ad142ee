// Blocks through the simulated device when nothing goes wrong.

#include <gtest/gtest.h>

#include <set>

#include "gpu_codec/host_model/frame_model.h"
#include "scheduler/lane.h"
#include "tests/scheduler/sim_scheduler.h"

namespace gpu_zstd {
namespace {

using test::becomes;
using test::Block;
using test::quick_options;
using test::random_bytes;
using test::scheduler_over;
using test::text_like;

class GpuPath : public testing::Test {
 protected:
  void start(const SchedulerOptions& options = quick_options()) {
    scheduler_ = scheduler_over({script_}, options);
    ASSERT_TRUE(becomes(*scheduler_, DeviceState::kReady));
  }
  uint64_t served() const {
    return scheduler_->snapshot()
        .route(Engine::kGpu, RouteReason::kServed)
        .blocks;
  }

  test::Script script_ = std::make_shared<SimScript>();
  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(GpuPath, FramesAreTheEncodersOwn) {
  start();
  for (const size_t bytes : {1024u, 4096u, 16384u, 20000u, 131072u}) {
    Block block(text_like(bytes, bytes), 3);
    EXPECT_EQ(block.compress(*scheduler_).engine, Engine::kGpu);
    ASSERT_TRUE(block.right()) << bytes;
    host_model::FrameEncoder encoder(bytes, 3, false);
    std::string frame(bytes + 64, '\0');
    const size_t length = encoder.encode(
        {reinterpret_cast<const uint8_t*>(block.input.data()), bytes},
        {reinterpret_cast<uint8_t*>(frame.data()), frame.size()});
    EXPECT_EQ(frame.substr(0, length),
              block.memory.substr(Block::kCanary, block.result.frame_bytes));
  }
  EXPECT_EQ(served(), 5u);
}

TEST_F(GpuPath, WhatDoesNotFitIsNoError) {
  start();
  const std::string noise = random_bytes(4096, 7);
  std::string output(3584, '\0');
  const CompressResult result = scheduler_->compress(
      {.input = noise, .output = output, .mode = Mode::kGpuOnly}, nullptr);
  EXPECT_EQ(result.outcome, Outcome::kDoesNotFit);
  EXPECT_EQ(result.engine, Engine::kGpu);
  EXPECT_EQ(served(), 1u);
}

TEST_F(GpuPath, OutputsOfEverySizeAreRespected) {
  start();
  const std::string text = text_like(4096, 3);
  Block whole(text);
  whole.compress(*scheduler_);
  const size_t needed = whole.result.frame_bytes;
  for (const size_t room : {size_t{0}, size_t{1}, needed - 1, needed}) {
    std::string memory(room + 64, '\x5a');
    const CompressResult result =
        scheduler_->compress({.input = text,
                              .output = {memory.data(), room},
                              .mode = Mode::kGpuOnly},
                             nullptr);
    EXPECT_EQ(result.outcome,
              room < needed ? Outcome::kDoesNotFit : Outcome::kCompressed);
    EXPECT_EQ(memory.substr(room), std::string(64, '\x5a')) << room;
  }
}

TEST_F(GpuPath, ManyThreadsShareBatches) {
  script_->stores = true;
  script_->latency_ns = 300'000;
  start();
  EXPECT_EQ(test::run_threads(*scheduler_, 48, 20, 2000), 0);
  const CounterSnapshot counted = scheduler_->snapshot();
  EXPECT_EQ(served(), 960u);
  EXPECT_EQ(counted.event(Event::kFrameVerified), 960u);
  EXPECT_EQ(counted.batch_blocks.sum_ns, 960u);
  EXPECT_EQ(counted.batch_blocks.count, counted.event(Event::kBatch));
  EXPECT_EQ(counted.round_trips.count, counted.event(Event::kBatch));
  EXPECT_LT(counted.event(Event::kBatch), 960u) << "no batch had two blocks";
}

// Enough batches at once for the waker to have work.
TEST_F(GpuPath, ManyThreadsShareManyLanes) {
  script_->stores = true;
  script_->latency_ns = 300'000;
  start(SchedulerOptions());
  EXPECT_EQ(test::run_threads(*scheduler_, 64, 20, 2000), 0);
  EXPECT_EQ(served(), 1280u);
  EXPECT_EQ(scheduler_->snapshot().batch_blocks.sum_ns, 1280u);
}

TEST_F(GpuPath, ThousandsOfThreadsAllFinish) {
  script_->stores = true;
  start();
  EXPECT_EQ(test::run_threads(*scheduler_, 2000, 2, 1100), 0);
  EXPECT_EQ(scheduler_->snapshot().blocks_by(Engine::kGpu), 4000u);
}

TEST_F(GpuPath, OneLaneServesEveryLevelAndSize) {
  script_->stores = true;
  SchedulerOptions options = quick_options();
  options.engine.max_lanes = 1;
  start(options);
  EXPECT_EQ(test::run_threads(*scheduler_, 16, 40, 3000), 0);
  EXPECT_EQ(served(), 640u);
}

TEST_F(GpuPath, LanesStayWithinTheMemoryAllowed) {
  SchedulerOptions options = quick_options();
  options.engine.max_pinned_memory = 2 * LaneMemory::pinned_bytes() + 1;
  start(options);
  EXPECT_NE(scheduler_->engines().find("2 lanes"), std::string::npos)
      << scheduler_->engines();
  EXPECT_LE(script_->calls(SimCall::kAllocatePinned), 2u);
}

TEST_F(GpuPath, AllMemoryIsGivenBack) {
  start();
  EXPECT_EQ(test::run_threads(*scheduler_, 4, 2, 2000), 0);
  EXPECT_GT(script_->bytes_allocated(), 0u);
  scheduler_.reset();
  EXPECT_EQ(script_->bytes_allocated(), 0u);
}

TEST_F(GpuPath, VerificationIsAsOftenAsAsked) {
  script_->stores = true;
  start();
  const auto verified = [&](uint32_t one_in) {
    const auto before = scheduler_->snapshot().event(Event::kFrameVerified);
    EXPECT_EQ(
        test::run_threads(*scheduler_, 4, 25, 2000, Mode::kGpuOnly, one_in), 0);
    return scheduler_->snapshot().event(Event::kFrameVerified) - before;
  };
  EXPECT_EQ(verified(0), 0u);
  EXPECT_EQ(verified(1), 100u);
  EXPECT_EQ(verified(10), 10u);
}

TEST_F(GpuPath, OffloadMeasuresBothEnginesBeforeItChooses) {
  script_->stores = true;
  start();
  Block block(text_like(4096, 1));
  block.compress(*scheduler_, nullptr, Mode::kOffload);
  EXPECT_EQ(block.result.engine, Engine::kCpu);
  block.compress(*scheduler_, nullptr, Mode::kOffload);
  EXPECT_EQ(block.result.engine, Engine::kGpu);
  const CounterSnapshot counted = scheduler_->snapshot();
  EXPECT_EQ(counted.route(Engine::kCpu, RouteReason::kMeasuring).blocks, 1u);
  EXPECT_EQ(counted.route(Engine::kGpu, RouteReason::kMeasuring).blocks, 1u);
}

TEST_F(GpuPath, ASlowGpuLosesItsShare) {
  script_->stores = true;
  script_->latency_ns = 20'000'000;  // far more than the CPU takes
  start();
  Block block(text_like(4096, 1), 1);
  for (int i = 0; i < 50; ++i) {
    block.compress(*scheduler_, nullptr, Mode::kOffload);
  }
  EXPECT_GE(
      scheduler_->snapshot().route(Engine::kCpu, RouteReason::kBusy).blocks,
      40u);
}

// Whether the frames have room or not.
TEST_F(GpuPath, ASlowGpuThatNobodyWaitsForSavesCpu) {
  script_->stores = true;
  script_->latency_ns = 40'000'000;  // ten times what the CPU takes
  for (const Outcome outcome : {Outcome::kCompressed, Outcome::kDoesNotFit}) {
    start();
    const auto compress = [&](uint32_t overlap) {
      Block block(text_like(131072, 1), 9);
      block.overlap = overlap;
      if (outcome == Outcome::kDoesNotFit) block.room = 100;
      for (int i = 0; i < 8; ++i) {
        block.compress(*scheduler_, nullptr, Mode::kOffload);
        EXPECT_EQ(block.result.outcome, outcome);
      }
    };
    std::vector<std::thread> threads;
    for (int t = 0; t < 16; ++t) threads.emplace_back(compress, 10'000);
    for (auto& thread : threads) thread.join();
    const uint64_t so_far = served();
    EXPECT_GE(so_far, 16u);
    compress(1);
    EXPECT_EQ(served(), so_far) << "its caller waits";
  }
}

TEST_F(GpuPath, SeveralDevicesShareTheBlocks) {
  script_->stores = true;
  script_->latency_ns = 500'000;
  const auto second = std::make_shared<SimScript>();
  second->stores = true;
  second->latency_ns = 500'000;
  scheduler_ = scheduler_over({script_, second});
  ASSERT_TRUE(test::eventually(
      [&] { return scheduler_->devices_in(DeviceState::kReady) == 2; }));
  EXPECT_EQ(test::run_threads(*scheduler_, 32, 10, 2000), 0);
  EXPECT_GT(script_->calls(SimCall::kSubmit), 0u);
  EXPECT_GT(second->calls(SimCall::kSubmit), 0u);
  // Each says what it did.
  const std::string text = scheduler_->engines();
  for (const auto& script : {script_, second}) {
    const std::string batches =
        std::to_string(script->calls(SimCall::kSubmit)) + " batches, ready";
    EXPECT_NE(text.find(batches), std::string::npos) << text << batches;
  }
}

TEST_F(GpuPath, NothingIsAskedOfADeviceBeforeTheFirstBlock) {
  Devices devices;
  devices.push_back(make_sim_device(script_));
  scheduler_ = std::make_unique<Scheduler>(std::move(devices), quick_options());
  Block block(text_like(4096, 1));
  block.compress(*scheduler_, nullptr, Mode::kCpuOnly);
  EXPECT_EQ(script_->calls(SimCall::kOpen), 0u);
  block.compress(*scheduler_);
  EXPECT_TRUE(block.right());
  EXPECT_TRUE(becomes(*scheduler_, DeviceState::kReady));
}

}  // namespace
}  // namespace gpu_zstd
