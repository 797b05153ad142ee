// Host model of the LZ77 stage.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "gpu_codec/device/sequences.h"

namespace gpu_zstd::host_model {

// A block's sequences with the memory they lie in.
struct Lz77Block {
  std::vector<uint8_t> source;
  std::vector<uint16_t> lit_lengths;
  std::vector<uint16_t> match_lengths;
  std::vector<uint32_t> off_bases;
  std::vector<uint8_t> literals;
  uint32_t long_place = kNoLongLength;
  TableLogs table_logs;

  BlockSequences view() const;
};

// What launch_lz77_matcher finds in `block` (1 .. kMaxBlockBytes bytes).
Lz77Block find_sequences(std::span<const uint8_t> block, int level);

}  // namespace gpu_zstd::host_model
