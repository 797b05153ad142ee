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

// Fewer literals than this are stored raw, for a tree would cost more.
inline constexpr uint32_t kMinHuffmanLiterals = 16;

// Bytes that Huffman coding must save on `n` literals to be worth decoding.
GPU_ZSTD_HOST_FN uint32_t min_literal_gain(uint32_t n) { return 2 + (n >> 7); }

// From this many literals on they are stored in four streams, which decoders
// read faster, at the cost of about eight bytes. The format allows up to 1024.
inline constexpr uint32_t kSingleStreamBelow = 256;

// A block whose content would be shorter than this is checked for being one
// repeated byte.
inline constexpr uint32_t kConstantBlockBytes = 64;

// A sequence table is tried with the largest size that can pay for its number
// of symbols (largest_fse_log()) and with kFseLogTries - 1 smaller ones.
inline constexpr uint32_t kFseLogTries = 2;

}  // namespace gpu_zstd
