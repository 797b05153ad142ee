#include "scheduler/counters.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace gpu_zstd {
namespace {

TEST(TimeHistogram, BucketsCoverTheNumbersWithoutGapOrOverlap) {
  for (size_t bucket = 0; bucket + 1 < TimeHistogram::kBuckets; ++bucket) {
    const uint64_t last = TimeHistogram::upper_bound_ns(bucket);
    EXPECT_EQ(TimeHistogram::bucket_of(last), bucket);
    EXPECT_EQ(TimeHistogram::bucket_of(last + 1), bucket + 1);
  }
  EXPECT_EQ(TimeHistogram::bucket_of(0), 0u);
  EXPECT_EQ(TimeHistogram::bucket_of(~uint64_t{0}),
            TimeHistogram::kBuckets - 1);
}

TEST(TimeHistogram, BucketsAreNarrowerThanAQuarterOfTheirTime) {
  for (size_t bucket = 8; bucket < TimeHistogram::kBuckets; ++bucket) {
    const auto low =
        static_cast<double>(TimeHistogram::upper_bound_ns(bucket - 1) + 1);
    const auto high =
        static_cast<double>(TimeHistogram::upper_bound_ns(bucket));
    EXPECT_LE(high, 1.25 * low) << bucket;
  }
}

CountedCall call_of(uint64_t elapsed_ns) {
  return {.engine = Engine::kCpu,
          .reason = RouteReason::kNoGpuEngine,
          .outcome = Outcome::kCompressed,
          .input_bytes = 1000,
          .frame_bytes = 300,
          .elapsed_ns = elapsed_ns};
}

TEST(TimeHistogram, PercentilesAreWithinABucketOfTheTruth) {
  Counters counters;
  for (uint64_t ns = 1000; ns <= 100000; ns += 1000) {
    counters.record(call_of(ns));
  }
  const CounterSnapshot snapshot = counters.snapshot();
  const TimeHistogram& times = snapshot.times[0];
  EXPECT_EQ(times.count, 100u);
  EXPECT_EQ(times.max_ns, 100000u);
  EXPECT_EQ(times.sum_ns, 5050000u);
  EXPECT_GE(times.percentile_ns(50), 50000u);
  EXPECT_LE(times.percentile_ns(50), 62500u);
  EXPECT_GE(times.percentile_ns(99), 99000u);
  EXPECT_EQ(times.percentile_ns(100), 100000u);
}

TEST(TimeHistogram, AnEmptyOneHasZeroPercentiles) {
  EXPECT_EQ(TimeHistogram().percentile_ns(50), 0u);
  EXPECT_EQ(TimeHistogram().percentile_ns(100), 0u);
}

TEST(Counters, EachCallLandsInItsOwnCells) {
  Counters counters;
  counters.record(call_of(10));
  counters.record({.engine = Engine::kGpu,
                   .reason = RouteReason::kCpuOnlyMode,
                   .outcome = Outcome::kDoesNotFit,
                   .input_bytes = 77,
                   .frame_bytes = 0,
                   .elapsed_ns = 5});
  counters.record_skip(SkipReason::kDictionary, 42);
  const CounterSnapshot snapshot = counters.snapshot();
  EXPECT_EQ(snapshot.route(Engine::kCpu, RouteReason::kNoGpuEngine).blocks, 1u);
  EXPECT_EQ(snapshot.route(Engine::kCpu, RouteReason::kCpuOnlyMode).blocks, 0u);
  EXPECT_EQ(snapshot.route(Engine::kGpu, RouteReason::kCpuOnlyMode).bytes, 77u);
  EXPECT_EQ(snapshot.outcome(Engine::kCpu, Outcome::kCompressed).bytes, 1000u);
  EXPECT_EQ(snapshot.outcome(Engine::kGpu, Outcome::kDoesNotFit).blocks, 1u);
  EXPECT_EQ(snapshot.frame_bytes[0], 300u);
  EXPECT_EQ(snapshot.skip(SkipReason::kDictionary).bytes, 42u);
  EXPECT_EQ(snapshot.skip(SkipReason::kTooLarge).blocks, 0u);
  EXPECT_EQ(snapshot.blocks_by(Engine::kCpu), 1u);
  EXPECT_EQ(snapshot.blocks_by(Engine::kGpu), 1u);
}

TEST(Counters, NothingIsLostBetweenManyThreads) {
  Counters counters;
  constexpr uint64_t kThreads = 32;  // more than there are shards
  constexpr uint64_t kCalls = 2000;
  std::vector<std::thread> threads;
  for (uint64_t t = 0; t < kThreads; ++t) {
    threads.emplace_back([&counters] {
      for (uint64_t i = 0; i < kCalls; ++i) {
        counters.record(call_of(i));
        counters.record_skip(SkipReason::kNoRoom, 1);
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  const CounterSnapshot snapshot = counters.snapshot();
  EXPECT_EQ(snapshot.blocks_by(Engine::kCpu), kThreads * kCalls);
  EXPECT_EQ(snapshot.times[0].count, kThreads * kCalls);
  EXPECT_EQ(snapshot.times[0].sum_ns, kThreads * kCalls * (kCalls - 1) / 2);
  EXPECT_EQ(snapshot.times[0].max_ns, kCalls - 1);
  EXPECT_EQ(snapshot.skip(SkipReason::kNoRoom).bytes, kThreads * kCalls);
}

}  // namespace
}  // namespace gpu_zstd
