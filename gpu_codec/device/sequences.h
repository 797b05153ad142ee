// What the LZ77 half of the encoder hands to the entropy half: one zstd block
// as sequences and literals.
//
//   source     L L L M M M M L M M M M M L L
//   sequences  (3, 4, o0)  (1, 5, o1)          literals  L L L L L L
//                                               the last 2 belong to none
//
// Lengths are kept in 16 bits. At most one value of a block of 128 KB can
// exceed them (two would add up to more than the block), so it is named by its
// place: `long_place` is 2 * index for a literal length and 2 * index + 1 for a
// match length, and 65536 is added to what the array holds.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kNoLongLength = 0xFFFFFFFFu;
inline constexpr uint32_t kLongLengthExcess = 65536;

struct BlockSequences {
  const uint8_t* source;  // the block's bytes, kept for a raw or RLE block
  uint32_t source_bytes;  // 1 .. kMaxBlockBytes
  // `count` entries each. A literal length, a match length less 3, and a
  // resolved offset as in the format: 1..3 a repcode, else the offset + 3.
  const uint16_t* lit_lengths;
  const uint16_t* match_lengths;
  const uint32_t* off_bases;
  uint32_t count;  // may be 0: the block is literals only
  uint32_t long_place;
  // The literals of all sequences in order, then those after the last match.
  const uint8_t* literals;
  uint32_t literal_bytes;
  TableLogs table_logs = {};  // what its tables may be at most

  GPU_ZSTD_FN uint32_t lit_length(uint32_t k) const {
    const uint32_t excess = long_place == 2 * k ? kLongLengthExcess : 0;
    return lit_lengths[k] + excess;
  }
  GPU_ZSTD_FN uint32_t match_length(uint32_t k) const {
    const uint32_t excess = long_place == 2 * k + 1 ? kLongLengthExcess : 0;
    return match_lengths[k] + excess + kMinMatch;
  }
};

}  // namespace gpu_zstd
