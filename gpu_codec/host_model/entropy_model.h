// Host model of the entropy half: literals, sequences, blocks and frames, byte
// for byte what the GPU writes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "gpu_codec/device/sequences.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd::host_model {

struct Block {
  BlockType type = BlockType::kRaw;
  std::vector<uint8_t> content;  // what follows the block's header
};

// The literals section of `literals` (at most kMaxBlockBytes).
std::vector<uint8_t> encode_literals(
    std::span<const uint8_t> literals,
    uint32_t single_stream_below = kSingleStreamBelow);

// The sequences section of `in`; its literals and source are not looked at.
std::vector<uint8_t> encode_sequences(const BlockSequences& in);

Block encode_block(const BlockSequences& in,
                   uint32_t single_stream_below = kSingleStreamBelow);

// Puts consecutive blocks of `block_bytes` (the last may be shorter) of
// `source` together to a frame. Returns its bytes, or nothing when it is longer
// than `capacity`.
std::vector<uint8_t> assemble_frame(std::span<const uint8_t> source,
                                    uint32_t block_bytes,
                                    std::span<const Block> blocks,
                                    bool checksum, size_t capacity);

// XXH64 with seed 0.
uint64_t content_checksum(std::span<const uint8_t> content);

}  // namespace gpu_zstd::host_model
