#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "gpu_codec/format.h"

namespace gpu_zstd::testing {

// A frame of one block of `content_bytes`, written by hand: for tests of parts
// of a block. `padding` more bytes follow in a raw block, for a decoder refuses
// blocks that are longer than the content.
std::vector<uint8_t> frame_of_block(BlockType type,
                                    std::span<const uint8_t> block,
                                    uint32_t content_bytes, uint32_t padding);

// What both libzstd and the frame checker make of a frame of at most `limit`
// bytes of content; nothing, and a test failure that says why, if either
// refuses it or they differ.
std::optional<std::vector<uint8_t>> decode_twice(std::span<const uint8_t> frame,
                                                 size_t limit);

}  // namespace gpu_zstd::testing
