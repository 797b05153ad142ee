#include "gpu_codec/device/period.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/params.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

constexpr uint32_t kSamples = 128;

uint32_t period_of(std::vector<uint8_t> bytes, uint32_t tasks = 3,
                   uint32_t share = kPeriodParts / 8) {
  const uint32_t n = static_cast<uint32_t>(bytes.size());
  bytes.resize(n + kDataPadding);
  HostBlockExec x(64);
  PeriodShared shared;
  const SearchPeriod<HostBlockExec, kSamples> search(x, bytes.data(), n, share,
                                                     shared);
  const uint32_t all = search.tasks(tasks);
  x.warps(all, [&](auto& warp, uint32_t task) { search(warp, task, all); });
  return search.found();
}

// Records of `size` bytes of which the first two are noise and the others are
// the same in all.
std::vector<uint8_t> records(uint32_t n, uint32_t size, uint32_t seed) {
  std::mt19937 random(seed);
  std::vector<uint8_t> bytes(n);
  for (uint32_t i = 0; i < n; ++i) {
    bytes[i] = static_cast<uint8_t>(i % size < 2 ? random() >> 9 : i % size);
  }
  return bytes;
}

TEST(SearchPeriod, IsTheRecordsSizeOrAMultiple) {
  for (const uint32_t n : {256u, 4096u, 16384u, 40000u, kMaxBlockBytes}) {
    for (uint32_t size = 6; size <= kMaxPeriod; ++size) {
      const uint32_t period = period_of(records(n, size, size));
      ASSERT_NE(period, 0u) << n << " " << size;
      ASSERT_EQ(period % size, 0u) << n << " " << period;
    }
  }
}

TEST(SearchPeriod, DoesNotDependOnTheTasks) {
  for (const testing::NamedChunk& shape : testing::chunk_shapes(4096, 3)) {
    const uint32_t period = period_of(shape.bytes, 1);
    EXPECT_EQ(period_of(shape.bytes, 14), period) << shape.name;
  }
}

// Of records of 8 bytes half the positions repeat three.
TEST(SearchPeriod, RepeatsInTheShareAskedFor) {
  for (const uint32_t n : {4096u, 16384u}) {
    EXPECT_EQ(period_of(records(n, 8, 1), 3, kPeriodParts / 4) % 8, 0u);
    EXPECT_NE(period_of(records(n, 8, 1), 3, kPeriodParts / 4), 0u);
    EXPECT_EQ(period_of(records(n, 8, 1), 3, kPeriodParts * 3 / 4), 0u);
  }
}

TEST(SearchPeriod, IsNoneInTextNoiseAndShortBlocks) {
  EXPECT_EQ(period_of(testing::wordy_chunk(16384, 3)), 0u);
  EXPECT_EQ(period_of(testing::random_chunk(16384, 3)), 0u);
  EXPECT_EQ(period_of({}), 0u);
  EXPECT_EQ(period_of(records(4 * kMaxPeriod - 1, 8, 3)), 0u);
}

// Indented text repeats the byte before at all distances; that is no record.
TEST(SearchPeriod, IsNoneWhereOneByteIsRepeated) {
  std::vector<uint8_t> text = testing::wordy_chunk(16384, 4);
  for (uint32_t line = 0; line + 40 < text.size(); line += 60) {
    std::fill_n(text.begin() + line, 20 + line % 17, uint8_t{' '});
  }
  EXPECT_EQ(period_of(text), 0u);
  EXPECT_EQ(period_of(std::vector<uint8_t>(16384, 7)), 0u);
}

TEST(PeriodSample, LiesWhereAllDistancesAreInTheBlock) {
  for (const uint32_t n : {4 * kMaxPeriod, 5000u, kMaxBlockBytes}) {
    uint32_t last = 0;
    for (uint32_t sample = 0; sample < kSamples; ++sample) {
      const uint32_t i = period_sample(sample, n);
      ASSERT_GE(i, kMaxPeriod);
      ASSERT_LE(i + sizeof(uint32_t), n);
      last = std::max(last, i);
    }
    EXPECT_GT(last, n - n / 16);
  }
}

TEST(PeriodLength, IsHowLongAPositionMatches) {
  std::vector<uint8_t> bytes = records(1000, 10, 5);
  bytes.resize(bytes.size() + kDataPadding);
  EXPECT_EQ(period_length(bytes.data(), 1000, 52, 10), 8u);
  EXPECT_EQ(period_length(bytes.data(), 1000, 59, 10), 1u);
  EXPECT_EQ(period_length(bytes.data(), 1000, 5, 10), 0u);
  EXPECT_EQ(period_length(bytes.data(), 1000, 1000, 10), 0u);
  EXPECT_EQ(period_length(bytes.data(), 996, 992, 10), 4u);
}

}  // namespace
}  // namespace gpu_zstd
