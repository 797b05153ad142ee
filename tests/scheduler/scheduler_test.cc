#include "scheduler/scheduler.h"

#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using test::decode_frame;
using test::random_bytes;
using test::text_like;

TEST(Scheduler, CompressesWithAndWithoutASession) {
  Scheduler scheduler;
  Scheduler::Session session(scheduler);
  const std::string input = text_like(16384, 1);
  for (Scheduler::Session* with :
       {&session, static_cast<Scheduler::Session*>(nullptr)}) {
    std::string output(input.size(), '\0');
    const CompressResult result = scheduler.compress(
        {.input = input, .output = output, .level = 3}, with);
    ASSERT_EQ(result.outcome, Outcome::kCompressed);
    EXPECT_EQ(result.engine, Engine::kCpu);
    EXPECT_EQ(decode_frame({output.data(), result.frame_bytes}), input);
  }
}

TEST(Scheduler, CountsEngineReasonAndOutcome) {
  Scheduler scheduler;
  const std::string text = text_like(4096, 1);
  const std::string noise = random_bytes(4096, 1);
  std::string output(3584, '\0');  // the 7/8 that RocksDB offers
  scheduler.compress({.input = text, .output = output}, nullptr);
  scheduler.compress({.input = noise, .output = output, .mode = Mode::kCpuOnly},
                     nullptr);
  const CounterSnapshot counted = scheduler.snapshot();
  EXPECT_EQ(counted.route(Engine::kCpu, RouteReason::kNoGpuEngine).blocks, 1u);
  EXPECT_EQ(counted.route(Engine::kCpu, RouteReason::kCpuOnlyMode).blocks, 1u);
  EXPECT_EQ(counted.outcome(Engine::kCpu, Outcome::kCompressed).blocks, 1u);
  EXPECT_EQ(counted.outcome(Engine::kCpu, Outcome::kDoesNotFit).bytes, 4096u);
  EXPECT_GT(counted.frame_bytes[0], 0u);
  EXPECT_EQ(counted.blocks_by(Engine::kGpu), 0u);
  EXPECT_EQ(counted.times[0].count, 2u);
}

TEST(Scheduler, ManyThreadsEachGetTheirOwnFrame) {
  Scheduler scheduler;
  constexpr uint64_t kThreads = 16;
  constexpr uint64_t kBlocks = 50;
  std::atomic<int> wrong{0};
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      Scheduler::Session session(scheduler);
      for (uint64_t i = 0; i < kBlocks; ++i) {
        const std::string input = text_like(1000 + 100 * i, t * kBlocks + i);
        std::string output(input.size(), '\0');
        const CompressResult result =
            scheduler.compress({.input = input,
                                .output = output,
                                .level = static_cast<int>(1 + i % 5),
                                .frame_checksum = i % 2 == 0},
                               i % 3 == 0 ? nullptr : &session);
        wrong +=
            result.outcome != Outcome::kCompressed ||
                    decode_frame({output.data(), result.frame_bytes}) != input
                ? 1
                : 0;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(wrong, 0);
  EXPECT_EQ(scheduler.snapshot().blocks_by(Engine::kCpu), kThreads * kBlocks);
}

TEST(Scheduler, SharedOneIsTheSameForEveryThread) {
  std::vector<Scheduler*> seen(8);
  std::vector<std::thread> threads;
  for (auto& slot : seen) {
    threads.emplace_back([&slot] { slot = &Scheduler::shared(); });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  for (Scheduler* scheduler : seen) {
    EXPECT_EQ(scheduler, &Scheduler::shared());
  }
}

TEST(Scheduler, SaysWhichLibzstdItRuns) {
  EXPECT_NE(Scheduler::engines().find("libzstd 1."), std::string::npos);
  EXPECT_LT(Scheduler::min_level(), 0);
  EXPECT_GE(Scheduler::max_level(), 22);
}

}  // namespace
}  // namespace gpu_zstd
