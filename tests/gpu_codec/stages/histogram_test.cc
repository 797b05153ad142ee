#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/host_model/histogram_model.h"

namespace gpu_zstd {
namespace {

TEST(HistogramModel, EmptyBlockCountsNothing) {
  EXPECT_EQ(host_model::histogram({}), (std::array<uint32_t, 256>{}));
}

TEST(HistogramModel, EqualsASerialCount) {
  std::mt19937 random(1);
  for (const size_t n : {1u, 31u, 255u, 256u, 16384u, 100003u}) {
    std::vector<uint8_t> block(n);
    std::array<uint32_t, 256> expected{};
    for (uint8_t& byte : block) {
      byte = static_cast<uint8_t>(random() & random());
      ++expected[byte];
    }
    EXPECT_EQ(host_model::histogram(block), expected) << n;
  }
}

}  // namespace
}  // namespace gpu_zstd
