// From a choice at every position to the sequences of the block.
//
//   choice     . . 3 2 . . . 4 . . . .     a match of that length, or a literal
//   reached    * * *     * * *       *     from 0, following the choices
//   taken          #           #           matches among the reached positions
//
// A choice is 0 for a literal, otherwise a match's length and where its offset
// comes from: a repcode as the last parse predicts it, or a candidate slot.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/repcodes.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

enum ChoiceSource : uint32_t {
  kFromRep0 = 0,  // and 1, 2
  kFromNearest = 3,
  kFromLongest = 4
};

GPU_ZSTD_FN uint32_t make_choice(uint32_t source, uint32_t length) {
  return (source + 1) << 8 | length;
}
GPU_ZSTD_FN uint32_t choice_length(uint32_t choice) { return choice & 255u; }
GPU_ZSTD_FN uint32_t choice_source(uint32_t choice) {
  return (choice >> 8) - 1;
}

// Where the choice at position i is kept. Threads that go through segments side
// by side write to different banks of shared memory; four neighbours stay
// together.
GPU_ZSTD_FN uint32_t choice_place(uint32_t i) {
  return i ^ ((i / kDpSegment % 16) * 4);
}
static_assert(kDpSegment == 64, "16 groups of 4");

// Bytes that a thread follows the choices of 32 positions in: an odd number of
// words, so that lanes in step use different banks.
inline constexpr uint32_t kExitRowBytes = 36;

// Where a parse works. What is left of it are the bits of its literals.
struct ParseScratch {
  uint32_t* entries;  // one for each 32 positions; then their literals
  uint8_t* exits;     // one for each position; not used by the reference
  uint8_t* rows;      // of the threads, likewise
  uint32_t parts;     // followed at once: kWarpThreads or kFarParseParts
};

// A word of `count` (0..32) ones in its low bits.
GPU_ZSTD_FN uint32_t low_bits(uint32_t count) {
  return count >= 32 ? ~0u : (1u << count) - 1;
}

// The positions between the ends of two matches, and the repcodes there:
// candidate words with the length at the last of these positions.
struct alignas(16) RepInterval {
  uint32_t begin;
  uint32_t repcodes[kRepcodes];
};

// Matches of one parse in order. `starts` bit i of word i / 32: a match starts
// there; `before[w]`: matches that start before word w. Both have one word more
// than the block needs.
struct MatchList {
  uint32_t* starts;
  uint32_t* before;
  uint32_t* positions;
  uint32_t* words;         // candidate words with real offsets
  RepInterval* intervals;  // behind k matches each, count + 1 entries; of the
                           // backward DP only
  uint32_t count;
};

// Matches that start before position i.
GPU_ZSTD_FN uint32_t matches_before(const MatchList& list, uint32_t i) {
  const uint32_t below = (1u << (i & 31u)) - 1;
  return list.before[i >> 5] + count_ones(list.starts[i >> 5] & below);
}

// Matches that end at or before position i, which is the place of its interval.
GPU_ZSTD_FN uint32_t matches_done(const MatchList& list, uint32_t i) {
  const uint32_t k = matches_before(list, i);
  return list.intervals[k].begin > i ? k - 1 : k;
}

}  // namespace gpu_zstd
