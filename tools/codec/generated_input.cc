#include "tools/codec/generated_input.h"

#include <algorithm>

namespace gpu_zstd::tools {
namespace {

// Enough blocks for their differences to even out, few enough to keep all
// shapes in memory.
constexpr size_t kMaxBytes = 1 << 18;
constexpr size_t kMaxBlocks = 16;

}  // namespace

std::vector<inputs::NamedChunk> generated_inputs(size_t block_bytes) {
  const size_t blocks =
      std::clamp<size_t>(kMaxBytes / block_bytes, 1, kMaxBlocks);
  std::vector<inputs::NamedChunk> all = inputs::hard_shapes(block_bytes, 0);
  for (uint32_t seed = 1; seed < blocks; ++seed) {
    const auto more = inputs::hard_shapes(block_bytes, seed);
    for (size_t s = 0; s < all.size(); ++s) {
      all[s].bytes.insert(all[s].bytes.end(), more[s].bytes.begin(),
                          more[s].bytes.end());
    }
  }
  return all;
}

}  // namespace gpu_zstd::tools
