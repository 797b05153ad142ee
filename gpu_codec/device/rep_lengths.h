// Lengths of the matches at each position with the repcodes that the last parse
// predicts there.
//
//   matches    |##### |    |####     |      the history changes where one ends
//   history    0      1             2
//
// A thread goes through 32 positions from the last to the first. While the
// history stays, a match is one longer than the one to its right, or none; only
// behind a change it is compared to its end.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
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
  // Begins at position i.
  GPU_ZSTD_FN RepWalk(const uint8_t* data, uint32_t n, const MatchList& list,
                      uint32_t i)
      : data_(data),
        n_(n),
        intervals_(list.intervals),
        interval_(matches_done(list, i)) {
    here_ = intervals_[interval_];
    left_ = intervals_[interval_ > 0 ? interval_ - 1 : 0];
    forget_lengths();
  }

  // The lengths at position i, whose byte is `own`; called for one position
  // after the other.
  GPU_ZSTD_FN uint32_t lengths_at(uint32_t i, uint32_t own) {
    if (i < here_.begin) {
      here_ = left_;
      --interval_;
      left_ = intervals_[interval_ > 0 ? interval_ - 1 : 0];
      forget_lengths();
    }
    uint32_t unknown = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) {
      const uint32_t offset = here_.history.offsets[r];
      const bool equal =
          offset - 1 < i && data_[i - (offset <= i ? offset : 0)] == own;
      if (equal && lengths_[r] == kUnknown) unknown |= 1u << r;
      lengths_[r] = equal ? smaller(lengths_[r] + 1, kMaxParsedMatch) : 0;
    }
    for (; unknown != 0; unknown &= unknown - 1) {
      compare(i, lowest_bit(unknown));
    }
    uint32_t word = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) word |= lengths_[r] << (8 * r);
    return word;
  }

 private:
  static constexpr uint32_t kUnknown = kMaxParsedMatch + 1;

  // Finds the length with repcode `which` at position i, whose byte matches.
  GPU_ZSTD_FN void compare(uint32_t i, uint32_t which) {
    uint32_t offset = here_.history.offsets[0];
    GPU_ZSTD_UNROLL
    for (uint32_t r = 1; r < kReps; ++r) {
      if (r == which) offset = here_.history.offsets[r];
    }
    const uint32_t length = match_length_beyond(
        data_, i, i - offset, 1, smaller(n_ - i, kMaxParsedMatch));
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) {
      if (r == which) lengths_[r] = length;
    }
  }

  GPU_ZSTD_FN void forget_lengths() {
    GPU_ZSTD_UNROLL
    for (uint32_t r = 0; r < kReps; ++r) lengths_[r] = kUnknown;
  }

  const uint8_t* data_;
  uint32_t n_;
  const RepInterval* intervals_;
  uint32_t interval_;
  RepInterval here_;
  RepInterval left_;
  uint32_t lengths_[kReps];  // at the position to the right
};

// The word of each position i < n at walk_place() of the preset, and zero
// lengths up to a multiple of 4, in arrays with room for whole words of 32
// positions.
template <uint32_t kPreset, class Exec, class Word>
GPU_ZSTD_FN void find_rep_lengths(Exec& x, const uint8_t* data, uint32_t n,
                                  const MatchList& list,
                                  const PriceTable& prices, uint32_t segments,
                                  Word* rep_lengths) {
  constexpr uint32_t kReps = kPresetTable[kPreset].reps;
  x.for_each((n + 31) / 32, [&](uint32_t w) {
    const uint32_t end = smaller(n, 32 * w + 32);
    RepWalk<kReps> walk(data, n, list, end - 1);
    for (uint32_t first = (end - 1) & ~3u;; first -= 4) {
      alignas(4) uint8_t bytes[4];
      alignas(4 * sizeof(Word)) Word words[4];
      load4(data + first, bytes);
      GPU_ZSTD_UNROLL
      for (uint32_t k = 4; k-- > 0;) {
        uint32_t word = 0;
        if (first + k < n) word = walk.lengths_at(first + k, bytes[k]);
        if constexpr (kReps == 3) {
          word |=
              static_cast<uint32_t>(prices.literals[bytes[k]] + prices.average)
              << 24;
        }
        words[k] = static_cast<Word>(word);
      }
      store4(words, rep_lengths + walk_place<kPreset>(first, segments));
      if (first == 32 * w) break;
    }
  });
}

}  // namespace gpu_zstd
