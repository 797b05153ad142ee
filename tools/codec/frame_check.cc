#include "tools/codec/frame_check.h"

#include <tbb/parallel_for.h>
#include <zstd.h>

#include <algorithm>
#include <atomic>

namespace gpu_zstd::tools {
namespace {

bool decodes_to(std::span<const uint8_t> frame,
                std::span<const uint8_t> block) {
  std::vector<uint8_t> decoded(block.size() + 1);
  const size_t bytes = ZSTD_decompress(decoded.data(), decoded.size(),
                                       frame.data(), frame.size());
  return !ZSTD_isError(bytes) && bytes == block.size() &&
         std::equal(block.begin(), block.end(), decoded.begin());
}

}  // namespace

std::optional<size_t> wrong_block(const BlockList& blocks, size_t first,
                                  size_t count, const FrameSet& frames) {
  std::atomic<size_t> wrong{count};
  tbb::parallel_for(size_t{0}, count, [&](size_t k) {
    if (!decodes_to(frames.frame(k), blocks.block(first + k))) wrong = k;
  });
  if (wrong == count) return std::nullopt;
  return first + wrong;
}

}  // namespace gpu_zstd::tools
