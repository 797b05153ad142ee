#include "tests/support/frame_builder.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include "tests/support/frame_checker.h"

namespace gpu_zstd::testing {

std::vector<uint8_t> frame_of_block(BlockType type,
                                    std::span<const uint8_t> block,
                                    uint32_t content_bytes, uint32_t padding) {
  std::vector<uint8_t> frame;
  const auto append = [&](uint64_t value, int bytes) {
    for (int i = 0; i < bytes; ++i) {
      frame.push_back(static_cast<uint8_t>(value >> (8 * i)));
    }
  };
  append(kFrameMagic, 4);
  append(0xA0, 1);  // single segment, content size in four bytes
  append(content_bytes + padding, 4);
  const uint32_t size = type == BlockType::kRle
                            ? content_bytes
                            : static_cast<uint32_t>(block.size());
  append(static_cast<uint32_t>(type) << 1 | size << 3, 3);
  frame.insert(frame.end(), block.begin(), block.end());
  append(1 | padding << 3, 3);
  frame.insert(frame.end(), padding, 'z');
  return frame;
}

std::optional<std::vector<uint8_t>> decode_twice(std::span<const uint8_t> frame,
                                                 size_t limit) {
  const FrameCheck check = check_frame(frame);
  if (!check.ok) {
    ADD_FAILURE() << "frame checker: " << check.message();
    return std::nullopt;
  }
  std::vector<uint8_t> content(limit + 1);
  const size_t bytes = ZSTD_decompress(content.data(), content.size(),
                                       frame.data(), frame.size());
  if (ZSTD_isError(bytes)) {
    ADD_FAILURE() << "libzstd: " << ZSTD_getErrorName(bytes);
    return std::nullopt;
  }
  content.resize(bytes);
  if (content != check.content) {
    ADD_FAILURE() << "libzstd and the frame checker differ";
    return std::nullopt;
  }
  return content;
}

}  // namespace gpu_zstd::testing
