#include "scheduler/estimates.h"

#include <gtest/gtest.h>

namespace gpu_zstd {
namespace {

TEST(Estimates, NothingIsKnownAtFirst) {
  const Estimates estimates;
  EXPECT_EQ(estimates.gpu_ns(3, 4096), 0u);
  EXPECT_EQ(estimates.cpu_ns(3, 4096), 0u);
}

TEST(Estimates, LevelsSizesAndEnginesAreKeptApart) {
  Estimates estimates;
  estimates.add_gpu(3, 4096, 1000);
  estimates.add_cpu(9, 16384, 16000);
  EXPECT_EQ(estimates.gpu_ns(3, 4096), 1000u);
  EXPECT_EQ(estimates.gpu_ns(3, 3000), 1000u) << "the same class";
  EXPECT_EQ(estimates.gpu_ns(3, 16384), 0u);
  EXPECT_EQ(estimates.gpu_ns(9, 4096), 0u);
  EXPECT_EQ(estimates.cpu_ns(9, 16384), 16000u);
  EXPECT_EQ(estimates.cpu_ns(9, 12288), 12000u) << "goes with the bytes";
  EXPECT_EQ(estimates.cpu_ns(3, 4096), 0u);
}

TEST(Estimates, FollowALastingChange) {
  Estimates estimates;
  estimates.add_gpu(3, 4096, 10'000'000);
  for (int i = 0; i < 30; ++i) estimates.add_gpu(3, 4096, 1000);
  EXPECT_LT(estimates.gpu_ns(3, 4096), 10'000u);
  for (int i = 0; i < 60; ++i) estimates.add_gpu(3, 4096, 100'000);
  EXPECT_GT(estimates.gpu_ns(3, 4096), 90'000u);
}

TEST(Estimates, OneOutlierChangesLittle) {
  Estimates estimates;
  for (int i = 0; i < 10; ++i) estimates.add_gpu(3, 4096, 1000);
  estimates.add_gpu(3, 4096, 1'000'000'000);
  EXPECT_LT(estimates.gpu_ns(3, 4096), 1500u);
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
