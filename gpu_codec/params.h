// Numbers that change the bytes of a frame: how matches are looked for and how
// a block is parsed, by level. What only changes speed is in tuning.h.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"

namespace gpu_zstd {

inline constexpr int kMinLevel = 1;
inline constexpr int kMaxLevel = 22;

// Positions in one insertion group. A position of an inexact table does not see
// earlier positions of its own group.
inline constexpr uint32_t kInsertGroup = 32;

// A match of a parse is at most this long; longer ones are made by merging
// neighbours of equal offset.
inline constexpr uint32_t kMaxParsedMatch = 255;

// The backward DP works on segments of this many positions.
inline constexpr uint32_t kDpSegment = 64;

// Most tables of grams and most candidates kept at a position.
inline constexpr uint32_t kMaxTables = 4;
inline constexpr uint32_t kMaxSlots = 2;

}  // namespace gpu_zstd
