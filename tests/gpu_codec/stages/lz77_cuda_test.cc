// The LZ77 stage on a GPU against its host model.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <vector>

#include "gpu_codec/gpu_codec.h"
#include "gpu_codec/host_model/lz77_model.h"
#include "gpu_codec/stages/lz77.h"
#include "tests/support/cuda_memory.h"
#include "tests/support/frame_inputs.h"

namespace gpu_zstd {
namespace {

template <class T>
std::vector<T> from_device(const T* d_values, size_t count) {
  std::vector<T> values(count);
  EXPECT_EQ(
      cudaMemcpy(values.data(), d_values, count * sizeof(T), cudaMemcpyDefault),
      cudaSuccess);
  return values;
}

void expect_model_sequences(const std::vector<testing::NamedChunk>& chunks,
                            int level, bool lane_order) {
  const uint32_t count = static_cast<uint32_t>(chunks.size());
  const auto inputs = managed<const void*>(count);
  const auto sizes = managed<size_t>(count);
  const auto blocks = managed<BlockSequences>(count);
  const auto workspace = managed<uint8_t>(count * lz77_workspace_size(level));
  std::vector<ManagedArray<uint8_t>> memory;
  for (uint32_t b = 0; b < count; ++b) {
    memory.push_back(managed<uint8_t>(chunks[b].bytes.size()));
    std::copy(chunks[b].bytes.begin(), chunks[b].bytes.end(),
              memory.back().get());
    inputs[b] = memory.back().get();
    sizes[b] = chunks[b].bytes.size();
  }
  ASSERT_EQ(
      launch_lz77_matcher(inputs.get(), sizes.get(), count, level, lane_order,
                          workspace.get(), blocks.get(), nullptr),
      cudaSuccess);
  ASSERT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  for (uint32_t b = 0; b < count; ++b) {
    SCOPED_TRACE(chunks[b].name);
    const BlockSequences& s = blocks[b];
    const auto model = host_model::find_sequences(chunks[b].bytes, level);
    EXPECT_EQ(from_device(s.off_bases, s.count), model.off_bases);
    EXPECT_EQ(from_device(s.lit_lengths, s.count), model.lit_lengths);
    EXPECT_EQ(from_device(s.match_lengths, s.count), model.match_lengths);
    EXPECT_EQ(from_device(s.literals, s.literal_bytes), model.literals);
    EXPECT_EQ(s.long_place, model.long_place);
    EXPECT_EQ(s.table_logs, model.table_logs);
  }
}

TEST(Lz77OnGpu, EqualsTheHostModel) {
  if (!has_cuda_device()) GTEST_SKIP() << "no CUDA device";
  DeviceTraits traits;
  ASSERT_EQ(probe_device(&traits), cudaSuccess);
  for (const int level : {1, 9, 12, 19}) {
    for (const size_t n : {10u, 5000u, 16384u, 131072u}) {
      const auto chunks = testing::chunk_shapes(n, 31);
      expect_model_sequences(chunks, level, false);
      expect_model_sequences(chunks, level, traits.lane_order);
    }
  }
}

}  // namespace
}  // namespace gpu_zstd
