#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>
#include <vector>

#include "gpu_codec/host_model/histogram_model.h"
#include "gpu_codec/stages/histogram.h"
#include "tests/support/cuda_memory.h"

namespace gpu_zstd {
namespace {

TEST(Histogram, DeviceEqualsTheHostModel) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  constexpr uint32_t kBlocks = 40;
  std::mt19937 random(2);
  const auto d_blocks = managed<const uint8_t*>(kBlocks);
  const auto d_sizes = managed<size_t>(kBlocks);
  const auto d_counts = managed<uint32_t>(kBlocks * 256);
  ASSERT_TRUE(d_blocks && d_sizes && d_counts);
  std::vector<std::vector<uint8_t>> blocks(kBlocks);
  std::vector<ManagedArray<uint8_t>> owned;
  for (uint32_t b = 0; b < kBlocks; ++b) {
    blocks[b].resize(b * b * 83);
    for (uint8_t& v : blocks[b]) v = static_cast<uint8_t>(random() & random());
    owned.push_back(managed<uint8_t>(blocks[b].size() + 1));
    ASSERT_TRUE(owned.back());
    std::copy(blocks[b].begin(), blocks[b].end(), owned.back().get());
    d_blocks[b] = owned.back().get();
    d_sizes[b] = blocks[b].size();
  }
  ASSERT_EQ(launch_histogram(d_blocks.get(), d_sizes.get(), kBlocks,
                             d_counts.get(), nullptr),
            cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (uint32_t b = 0; b < kBlocks; ++b) {
    std::array<uint32_t, 256> counts;
    std::copy_n(d_counts.get() + 256 * b, 256, counts.begin());
    EXPECT_EQ(counts, host_model::histogram(blocks[b])) << b;
  }
}

}  // namespace
}  // namespace gpu_zstd
