#include "gpu_codec/device/exec_host.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <vector>

namespace gpu_zstd {
namespace {

TEST(HostExec, PhasesVisitEveryThreadOnce) {
  HostBlockExec x(96);
  std::vector<int> visits(96, 0);
  x.phase([&](uint32_t t) { ++visits[t]; });
  EXPECT_EQ(visits, std::vector<int>(96, 1));
}

TEST(HostExec, ForEachVisitsEveryIndexOnce) {
  HostBlockExec x(64);
  std::vector<int> visits(1000, 0);
  x.for_each(1000, [&](uint32_t i) { ++visits[i]; });
  EXPECT_EQ(visits, std::vector<int>(1000, 1));
}

TEST(HostExec, ExclusiveSumIsThePrefixOfEarlierThreads) {
  HostBlockExec x(100);
  HostBlockExec::PerThread<uint32_t> v(x);
  x.phase([&](uint32_t t) { v[t] = 3 * t + 1; });
  const uint32_t total = x.exclusive_sum(v);
  uint32_t expected = 0;
  for (uint32_t t = 0; t < 100; ++t) {
    EXPECT_EQ(v[t], expected) << t;
    expected += 3 * t + 1;
  }
  EXPECT_EQ(total, expected);
}

TEST(HostExec, InclusiveMaxKeepsTheLargestSoFar) {
  HostBlockExec x(5);
  HostBlockExec::PerThread<int32_t> v(x);
  const int32_t in[] = {-4, -7, 2, 1, 9};
  const int32_t out[] = {-4, -4, 2, 2, 9};
  x.phase([&](uint32_t t) { v[t] = in[t]; });
  EXPECT_EQ(x.inclusive_max(v), 9);
  for (uint32_t t = 0; t < 5; ++t) EXPECT_EQ(v[t], out[t]) << t;
}

TEST(HostExec, ReductionsSeeAllThreads) {
  HostBlockExec x(33);
  HostBlockExec::PerThread<uint32_t> v(x);
  EXPECT_FALSE(x.any(v));
  x.phase([&](uint32_t t) { v[t] = t == 32 ? 50 : 1; });
  EXPECT_EQ(x.sum(v), 82u);
  EXPECT_EQ(x.max(v), 50u);
  EXPECT_TRUE(x.any(v));
}

TEST(HostExec, BallotHasTheBitsOfThreadsThatAreNotZero) {
  HostExec<kWarpThreads> x;
  HostExec<kWarpThreads>::PerThread<uint32_t> v(x);
  EXPECT_EQ(x.ballot(v), 0u);
  x.phase([&](uint32_t t) { v[t] = t % 3 == 1 ? t : 0; });
  EXPECT_EQ(x.ballot(v), 0x92492492u);
}

TEST(HostExec, HalvesHaveAContextOfHalfTheThreads) {
  HostBlockExec x(192);
  std::vector<uint32_t> sums(2, 0);
  x.halves([&](auto& half, uint32_t h) {
    EXPECT_EQ(half.threads(), 96u);
    HostBlockExec::PerThread<uint32_t> v(half);
    half.phase([&](uint32_t t) { v[t] = t + h; });
    sums[h] = half.exclusive_sum(v);
  });
  EXPECT_EQ(sums, (std::vector<uint32_t>{95 * 48, 95 * 48 + 96}));
}

TEST(HostExec, WarpTasksHaveAContextOf32Threads) {
  HostBlockExec x(512);
  std::vector<uint32_t> sums(5, 0);
  x.warps(5, [&](auto& warp, uint32_t task) {
    EXPECT_EQ(warp.threads(), 32u);
    warp.phase([&](uint32_t lane) { warp.add(&sums[task], lane + task); });
  });
  for (uint32_t task = 0; task < 5; ++task) {
    EXPECT_EQ(sums[task], 31u * 32 / 2 + 32 * task);
  }
}

TEST(HostExec, BesideTasksEveryIndexIsVisitedOnce) {
  HostBlockExec x(64);
  std::vector<int> tasks(3, 0);
  std::vector<int> visits(100, 0);
  x.beside(
      3, [&](auto&, uint32_t task) { ++tasks[task]; }, 100,
      [&](uint32_t i) { ++visits[i]; });
  EXPECT_EQ(tasks, std::vector<int>(3, 1));
  EXPECT_EQ(visits, std::vector<int>(100, 1));
}

}  // namespace
}  // namespace gpu_zstd
