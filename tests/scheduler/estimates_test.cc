#include "scheduler/estimates.h"

#include <gtest/gtest.h>

namespace gpu_zstd {
namespace {

TEST(Estimates, NothingIsKnownAtFirst) {
  const Estimates estimates;
  EXPECT_EQ(estimates.gpu_ns(3, 4096), 0u);
  EXPECT_EQ(estimates.cpu_ns(3, 4096), 0u);
  EXPECT_EQ(estimates.gpu_cpu_ns(3, 4096), 0u);
}

TEST(Estimates, LevelsSizesAndEnginesAreKeptApart) {
  Estimates estimates;
  estimates.add_gpu(3, 4096, 1000, 0);
  estimates.add_cpu(9, 16384, 16000);
  estimates.add_gpu_cpu(9, 4096, 700);
  EXPECT_EQ(estimates.gpu_ns(3, 4096), 1000u);
  EXPECT_EQ(estimates.gpu_ns(3, 3000), 1000u) << "the same class";
  EXPECT_EQ(estimates.gpu_ns(3, 16384), 0u);
  EXPECT_EQ(estimates.gpu_ns(9, 4096), 0u);
  EXPECT_EQ(estimates.cpu_ns(9, 16384), 16000u);
  EXPECT_EQ(estimates.cpu_ns(9, 12288), 12000u) << "goes with the bytes";
  EXPECT_EQ(estimates.cpu_ns(3, 4096), 0u);
  EXPECT_EQ(estimates.gpu_cpu_ns(9, 4096), 700u);
  EXPECT_EQ(estimates.gpu_cpu_ns(9, 16384), 0u);
  EXPECT_EQ(estimates.gpu_cpu_ns(3, 4096), 0u);
}

// Blocks one after the other, each taking `ns`; returns the time after them.
uint64_t add_in_turn(Estimates& estimates, int blocks, uint64_t ns,
                     uint64_t now_ns) {
  for (int i = 0; i < blocks; ++i) {
    now_ns += ns;
    estimates.add_gpu(3, 4096, ns, now_ns);
  }
  return now_ns;
}

TEST(Estimates, FollowALastingChange) {
  Estimates estimates;
  estimates.add_gpu(3, 4096, 10'000'000, 10'000'000);
  const uint64_t now = add_in_turn(estimates, 30, 1000, 10'000'000);
  EXPECT_LT(estimates.gpu_ns(3, 4096), 10'000u);
  add_in_turn(estimates, 60, 100'000, now);
  EXPECT_GT(estimates.gpu_ns(3, 4096), 90'000u);
}

TEST(Estimates, OneOutlierChangesLittle) {
  Estimates estimates;
  const uint64_t now = add_in_turn(estimates, 10, 1000, 0);
  estimates.add_gpu(3, 4096, 1'000'000'000, now + 1'000'000'000);
  EXPECT_LT(estimates.gpu_ns(3, 4096), 1500u);
}

TEST(Estimates, BlocksHeldUpTogetherAreOneOutlier) {
  Estimates estimates;
  uint64_t now = add_in_turn(estimates, 10, 400'000, 0) + 50'000'000;
  for (int i = 0; i < 256; ++i) {
    now += 500;  // their threads wake up one after the other
    estimates.add_gpu(3, 4096, 50'000'000, now);
  }
  EXPECT_LT(estimates.gpu_ns(3, 4096), 600'000u);
}

TEST(Estimates, ASampleOfZeroIsKnown) {
  Estimates estimates;
  estimates.add_cpu(1, 1 << 20, 0);
  EXPECT_GT(estimates.cpu_ns(1, 1 << 20), 0u);
}

// A thread that sleeps until the expected end of each batch and wakes up late,
// after one sleep that was far too long.
TEST(RunningTime, ForgetsASleepThatWasTooLong) {
  constexpr uint64_t kService = 400'000;
  constexpr uint64_t kLate = 300'000;
  uint64_t average = mix_running_time(0, 50'000'000);
  for (int i = 0; i < 200; ++i) {
    const uint64_t woken = average + kLate;
    average = mix_running_time(average, woken < kService ? woken : 0);
  }
  EXPECT_LT(average + kLate, kService + kService / 8);
}

TEST(RunningTime, FollowsBatchesThatAreSeenRunning) {
  uint64_t average = mix_running_time(0, 1000);
  for (int i = 0; i < 100; ++i) average = mix_running_time(average, 399'000);
  EXPECT_NEAR(static_cast<double>(average), 399'000.0, 1000.0);
}

}  // namespace
}  // namespace gpu_zstd
