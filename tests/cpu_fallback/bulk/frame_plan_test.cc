#include "cpu_fallback/bulk/frame_plan.h"

#include <gtest/gtest.h>

namespace gpu_zstd {
namespace {

constexpr size_t kMiB = size_t{1} << 20;

TEST(FramePlan, FramesGrowWithTheLevelAndStayInRange) {
  size_t before = 0;
  for (int level = 1; level <= 22; ++level) {
    const size_t bytes = full_frame_bytes(level, 0);
    EXPECT_GE(bytes, before) << level;
    EXPECT_GE(bytes, kMiB);
    EXPECT_LE(bytes, 256 * kMiB);
    before = bytes;
  }
  EXPECT_EQ(full_frame_bytes(-5, 0), kMiB);
}

TEST(FramePlan, ALongWindowGetsTwoWindowsAFrameUpToAGiB) {
  EXPECT_EQ(full_frame_bytes(3, 27), 256 * kMiB);
  EXPECT_EQ(full_frame_bytes(3, 30), 1024 * kMiB);
  EXPECT_EQ(full_frame_bytes(3, 10), full_frame_bytes(3, 0));
}

TEST(FramePlan, EvenFramesCoverTheInputWithAsFewFrames) {
  const size_t full = 2 * kMiB;
  for (const uint64_t total :
       {uint64_t{1}, full - 1, uint64_t{full}, full + 1, 5 * kMiB + 17,
        100 * kMiB + 3, 400 * kMiB + 1, 10000 * kMiB}) {
    const size_t even = even_frame_bytes(total, full);
    EXPECT_LE(even, full);
    EXPECT_EQ((total + even - 1) / even, (total + full - 1) / full) << total;
  }
  EXPECT_EQ(even_frame_bytes(0, full), full);
}

}  // namespace
}  // namespace gpu_zstd
