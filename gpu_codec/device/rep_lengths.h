// Lengths of the matches at each position with the repcodes that the last parse
// predicts there.
//
//   matches    |##### |    |####     |      the history changes where one ends
//   history    0      1             2
//
// A thread goes through a row of positions from behind the last to the first:
// while the history stays, a match is one longer than the one to its right, or
// none; behind a change the interval tells (rep_intervals.h).
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/rep_intervals.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Such lengths, 8 bits each; where there are three the price of the position's
// byte as a literal lies above them.
template <uint32_t kReps>
struct RepLengths;
template <>
struct RepLengths<1> {
  using Word = uint8_t;
};
template <>
struct RepLengths<3> {
  using Word = uint32_t;
};
GPU_ZSTD_FN uint32_t literal_price_of(uint32_t word) { return word >> 24; }

// The walk of one thread through neighbouring positions, leftwards.
template <uint32_t kReps>
class RepWalk {
 public:
  // Begins at position i, which may be the block's end.
  GPU_ZSTD_FN RepWalk(const uint8_t* data, uint32_t n, const MatchList& list,
                      uint32_t i)
      : data_(data),
        intervals_(list.intervals),
        interval_(matches_done(list, i)) {
    left_ = intervals_[interval_];
    enter_left();
    compare_reps(data, n, i, offsets_, lengths_);
  }

  // The lengths at the position, 8 bits each.
  GPU_ZSTD_FN uint32_t lengths() const {
    uint32_t word = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) word |= lengths_[r] << (8 * r);
    return word;
  }

  // Goes on to position i, the next to the left, whose byte is `own`; what is
  // no byte matches nothing.
  GPU_ZSTD_FN void go_left(uint32_t i, uint32_t own) {
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) {
      const uint32_t from = i - offsets_[r];
      const bool valid = from < i;
      const bool equal = data_[valid ? from : i] == own;
      lengths_[r] =
          valid && equal ? smaller(lengths_[r] + 1, kMaxParsedMatch) : 0;
    }
    if (i < begin_) enter_left();
  }

 private:
  // The interval to the left at its last position.
  GPU_ZSTD_FN void enter_left() {
    begin_ = left_.begin;
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) {
      offsets_[r] = candidate_offset(left_.repcodes[r]);
      lengths_[r] = left_.repcodes[r] >> kOffsetBits;  // they have no codes
    }
    if (interval_ > 0) --interval_;
    left_ = intervals_[interval_];
  }

  const uint8_t* data_;
  const RepInterval* intervals_;
  uint32_t interval_;  // of left_
  RepInterval left_;
  uint32_t begin_;
  uint32_t offsets_[kReps];
  uint32_t lengths_[kReps];
};

// Positions that a thread walks through, a part of a segment: lanes in step
// then write to neighbouring places (walk_place()).
GPU_ZSTD_FN uint32_t rep_row(uint32_t n, uint32_t threads) {
  uint32_t row = 4;
  while (row < kDpSegment && row * threads < n) row *= 2;
  return row;
}

// The word of each position i < n at walk_place() of the preset, and any word
// up to a multiple of 4. Fills the lengths of list.intervals.
template <uint32_t kPreset, class Exec, class Word>
GPU_ZSTD_FN void find_rep_lengths(Exec& x, const uint8_t* data, uint32_t n,
                                  const MatchList& list,
                                  const PriceTable& prices, uint32_t segments,
                                  Word* rep_lengths) {
  constexpr uint32_t kReps = kPresetTable[kPreset].reps;
  constexpr uint32_t kNoByte = 256;
  const uint32_t row = rep_row(n, x.threads());
  x.for_each((n + row - 1) / row, [&](uint32_t r) {
    const uint32_t end = smaller(n, (r + 1) * row);
    RepWalk<kReps> walk(data, n, list, end);
    for (uint32_t first = (end - 1) & ~3u;; first -= 4) {
      alignas(4) uint8_t bytes[4];
      alignas(4 * sizeof(Word)) Word words[4];
      load4(data + first, bytes);
      GPU_ZSTD_UNROLL
      for (uint32_t k = 4; k-- > 0;) {
        walk.go_left(first + k, first + k < n ? bytes[k] : kNoByte);
        uint32_t word = walk.lengths();
        if constexpr (kReps == 3) {
          word |= static_cast<uint32_t>(prices.literals[bytes[k]]) << 24;
        }
        words[k] = static_cast<Word>(word);
      }
      store4(words, rep_lengths + walk_place<kPreset>(first, segments));
      if (first == r * row) break;
    }
  });
}

}  // namespace gpu_zstd
