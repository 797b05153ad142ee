#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "tests/support/checker_bits.h"
#include "tests/support/checker_entropy.h"
#include "tests/support/frame_checker.h"

namespace gpu_zstd::testing {

// What one compressed block leaves to the next of its frame.
struct FrameState {
  HuffmanTable huffman;
  std::array<FseTable, 3> sequence_tables;  // empty until one was sent
  std::array<uint64_t, 3> repeat_offsets{1, 4, 8};
  uint64_t window_bytes = 0;
  size_t block_limit = 0;  // Block_Maximum_Size
};

// Decodes one compressed block (RFC 8878, 3.1.1.3) onto the end of *content.
void decode_compressed_block(Section block, FrameState* state, BlockInfo* info,
                             std::vector<uint8_t>* content);

}  // namespace gpu_zstd::testing
