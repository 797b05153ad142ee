// The scheduler on a real GPU; skipped where there is none.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gpu_codec/host_model/frame_model.h"
#include "scheduler/visible_devices.h"
#include "tests/scheduler/sim_scheduler.h"

namespace gpu_zstd {
namespace {

using test::Block;
using test::text_like;

class CudaDevices : public testing::Test {
 protected:
  void SetUp() override {
    SchedulerOptions options;
    options.engine.deadline_ns = 20'000'000'000;
    scheduler_ = std::make_unique<Scheduler>(visible_devices({}), options);
    scheduler_->start_devices();
    ASSERT_TRUE(test::eventually(
        [&] { return scheduler_->device_state() != DeviceState::kStarting; }));
    if (scheduler_->device_state() == DeviceState::kAbsent) {
      GTEST_SKIP() << "no GPU";
    }
    ASSERT_EQ(scheduler_->device_state(), DeviceState::kReady)
        << testing::PrintToString(scheduler_->take_messages());
  }

  std::unique_ptr<Scheduler> scheduler_;
};

TEST_F(CudaDevices, FramesAreTheHostModels) {
  for (const int level : {1, 3, 6, 9, 12, 16, 19, 22}) {
    for (const size_t bytes : {1024u, 4096u, 16384u, 30000u, 65536u, 131072u}) {
      Block block(text_like(bytes, bytes), level);
      EXPECT_EQ(block.compress(*scheduler_).engine, Engine::kGpu);
      ASSERT_TRUE(block.right()) << level << " " << bytes;
      host_model::FrameEncoder encoder(bytes, level, level % 2 == 0);
      std::string frame(bytes + 64, '\0');
      const size_t length = encoder.encode(
          {reinterpret_cast<const uint8_t*>(block.input.data()), bytes},
          {reinterpret_cast<uint8_t*>(frame.data()), frame.size()});
      EXPECT_TRUE(frame.substr(0, length) ==
                  block.memory.substr(Block::kCanary, block.result.frame_bytes))
          << level << " " << bytes;
    }
  }
  EXPECT_EQ(scheduler_->snapshot().blocks_by(Engine::kCpu), 0u);
}

TEST_F(CudaDevices, ManyThreadsShareBatches) {
  EXPECT_EQ(test::run_threads(*scheduler_, 64, 50, 8000), 0);
  const CounterSnapshot counted = scheduler_->snapshot();
  EXPECT_EQ(counted.blocks_by(Engine::kGpu), 3200u);
  EXPECT_EQ(counted.event(Event::kFrameVerified), 3200u);
  EXPECT_EQ(counted.event(Event::kFrameWrong), 0u);
  EXPECT_EQ(counted.batch_blocks.sum_ns, 3200u);
}

TEST_F(CudaDevices, AThousandThreadsAllFinish) {
  EXPECT_EQ(test::run_threads(*scheduler_, 1000, 4, 4000), 0);
  EXPECT_EQ(scheduler_->snapshot().event(Event::kFrameWrong), 0u);
}

TEST_F(CudaDevices, NoiseDoesNotFit) {
  const std::string noise = test::random_bytes(16384, 1);
  std::string output(14336, '\0');
  const CompressResult result = scheduler_->compress(
      {.input = noise, .output = output, .mode = Mode::kGpuOnly}, nullptr);
  EXPECT_EQ(result.outcome, Outcome::kDoesNotFit);
  EXPECT_EQ(result.engine, Engine::kGpu);
}

TEST_F(CudaDevices, StopInMidBatchLosesNothing) {
  std::thread stopper([&] {
    test::eventually(
        [&] { return scheduler_->snapshot().event(Event::kBatch) > 20; });
    scheduler_->stop_devices();
  });
  EXPECT_EQ(test::run_threads(*scheduler_, 32, 40, 8000), 0);
  stopper.join();
}

TEST(NoSuchDevice, IsAbsent) {
  Scheduler scheduler(visible_devices({63}), SchedulerOptions());
  scheduler.start_devices();
  ASSERT_TRUE(test::becomes(scheduler, DeviceState::kAbsent))
      << scheduler.engines();
  Block block(text_like(4096, 1));
  block.compress(scheduler);
  EXPECT_TRUE(block.right());
  EXPECT_EQ(block.result.engine, Engine::kCpu);
}

}  // namespace
}  // namespace gpu_zstd
