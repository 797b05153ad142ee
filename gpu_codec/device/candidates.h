// A match candidate of a position in one word, and which of two is kept.
//
//   bit  31 ........ 25 | 24 ... 17 | 16 ......... 0
//        offset's code  | length    | offset          length 0: none
//
// The code is 0 until all candidates are found.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

inline constexpr uint32_t kOffsetBits = 17;
inline constexpr uint32_t kOffsetMask = (1u << kOffsetBits) - 1;
// Offsets are less than the block's size.
static_assert(kMaxBlockBytes <= 1u << kOffsetBits);

GPU_ZSTD_FN uint32_t make_candidate(uint32_t offset, uint32_t length) {
  return offset | length << kOffsetBits;
}
GPU_ZSTD_FN uint32_t candidate_offset(uint32_t word) {
  return word & kOffsetMask;
}
GPU_ZSTD_FN uint32_t candidate_length(uint32_t word) {
  return (word >> kOffsetBits) & 255u;
}

// Candidate `word` together with its offset's code, if there is one.
GPU_ZSTD_FN uint32_t with_code(uint32_t word) {
  const uint32_t code = offset_code(candidate_offset(word) + kRepcodes);
  return word != 0 ? word | code << 25 : 0;
}
GPU_ZSTD_FN uint32_t candidate_code(uint32_t word) { return word >> 25; }

// What a match saves beyond what its offset costs, in quarter bytes; above 0.
GPU_ZSTD_FN uint32_t match_gain(uint32_t offset, uint32_t length) {
  return 4 * length + 32 - highest_bit(offset + 1);
}
// The same of one at the block's period (period.h), which is expected to be a
// repcode.
GPU_ZSTD_FN uint32_t period_gain(uint32_t length) {
  return match_gain(0, length) + kPeriodGain;
}
GPU_ZSTD_FN uint32_t candidate_gain(uint32_t word) {
  return match_gain(candidate_offset(word), candidate_length(word));
}

// Where position i's entry lies in what the DP walks of a preset read, in
// arrays with room for `segments`. Threads walk segments side by side: where
// all positions have much to read, the same four of each segment are
// neighbours.
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t walk_place(uint32_t i, uint32_t segments) {
  if constexpr (kPresetTable[kPreset].lengths != MatchLengths::kFull) return i;
  const uint32_t segment = i / kDpSegment;
  return (i % kDpSegment / 4 * segments + segment) * 4 + i % 4;
}

// Groups of four positions of a block of `n`, in the order of their places: how
// many, which may lie behind the block's end, and where group `g` begins.
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t walk_groups(uint32_t n) {
  if constexpr (kPresetTable[kPreset].lengths != MatchLengths::kFull) {
    return (n + 3) / 4;
  }
  return (n + kDpSegment - 1) / kDpSegment * (kDpSegment / 4);
}
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t walk_group(uint32_t g, uint32_t n) {
  if constexpr (kPresetTable[kPreset].lengths != MatchLengths::kFull) {
    return 4 * g;
  }
  const uint32_t segments = (n + kDpSegment - 1) / kDpSegment;
  return g % segments * kDpSegment + g / segments * 4;
}

// Candidates of a position: the nearest and the longest. Where only one is kept
// it is the one of highest gain, in `longest`. Of equals the nearer one stays.
struct CandidateSlots {
  uint32_t nearest;
  uint32_t longest;
};

GPU_ZSTD_FN uint32_t nearer_candidate(uint32_t a, uint32_t b) {
  // No candidate counts as the farthest.
  return ((a - 1) & kOffsetMask) <= ((b - 1) & kOffsetMask) ? a : b;
}

// Of candidates without codes.
GPU_ZSTD_FN uint32_t longer_candidate(uint32_t a, uint32_t b) {
  // The length, then how near: one number.
  return (a ^ kOffsetMask) >= (b ^ kOffsetMask) ? a : b;
}

// A number that is greater for a candidate of higher gain, of equal ones for
// the nearer; 0 without one.
GPU_ZSTD_FN uint32_t gain_rank(uint32_t word) {
  const uint32_t near = ~word & kOffsetMask;
  return word != 0 ? candidate_gain(word) << kOffsetBits | near : 0;
}

GPU_ZSTD_FN uint32_t better_candidate(uint32_t a, uint32_t b) {
  return gain_rank(a) >= gain_rank(b) ? a : b;
}

}  // namespace gpu_zstd
