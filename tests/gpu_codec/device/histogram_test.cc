#include "gpu_codec/device/histogram.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/device/exec_host.h"

namespace gpu_zstd {
namespace {

using Counts = std::array<uint32_t, kByteValues>;

Counts count(const std::vector<uint8_t>& bytes) {
  HistogramShared shared;
  HostBlockExec x(256);
  Counts counts;
  counts.fill(7);  // what was there does not matter
  byte_histogram(x, shared, bytes.data(), static_cast<uint32_t>(bytes.size()),
                 counts.data());
  return counts;
}

TEST(Histogram, OfNothingIsZero) { EXPECT_EQ(count({}), Counts{}); }

TEST(Histogram, EqualsASerialCount) {
  std::mt19937 random(1);
  for (const size_t n : {1u, 31u, 255u, 256u, 16384u, 100003u}) {
    std::vector<uint8_t> bytes(n);
    Counts expected{};
    for (uint8_t& byte : bytes) {
      byte = static_cast<uint8_t>(random() & random());
      ++expected[byte];
    }
    EXPECT_EQ(count(bytes), expected) << n;
  }
}

}  // namespace
}  // namespace gpu_zstd
