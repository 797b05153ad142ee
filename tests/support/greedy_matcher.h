#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "gpu_codec/device/sequences.h"

namespace gpu_zstd::testing {

// One block's sequences and literals, with the memory they live in.
struct ParsedBlock {
  std::vector<uint8_t> source;
  std::vector<uint16_t> lit_lengths;
  std::vector<uint16_t> match_lengths;  // less 3
  std::vector<uint32_t> off_bases;
  std::vector<uint8_t> literals;
  uint32_t long_place = kNoLongLength;

  // Appends a sequence; the offset is resolved to a repcode where one fits.
  void add(uint32_t literal_length, uint32_t match_length, uint32_t offset);
  BlockSequences view() const;

  std::array<uint32_t, 3> repeat_offsets{1, 4, 8};
};

// Parses one block of at most 128 KB greedily and serially, the way textbooks
// do it; for tests that need sequences without the encoder's own matcher.
// Matches stay inside the block. `repeat_offsets` carries over from the block
// before it in the same frame.
ParsedBlock parse_greedy(std::span<const uint8_t> block,
                         std::array<uint32_t, 3> repeat_offsets = {1, 4, 8});

}  // namespace gpu_zstd::testing
