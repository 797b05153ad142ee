// Candidates from the right, of level 9's preset all, of the stronger ones the
// longest. A thread takes a row of positions from its last to its first; each
// begins with its right neighbour's match, one longer where the byte before it
// matches as well:
//
//   row     |.  .  .  .  .  .  .  .  .  .|      one thread
//                       <- i <- right neighbour
//
// Then rows begin anew with the first position of the next row. So a long match
// is compared once, where it ends, and reaches to the left through its row and
// the one before, but for that one's first position; positions find it by
// themselves only if it lies in the first links of their chains.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// The candidate of position i out of its own, whose length may be capped, and
// its right neighbour's.
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t inherit_at(const uint8_t* data, uint32_t n, uint32_t i,
                                uint32_t own, uint32_t right) {
  const uint32_t inherited = from_right(data, i, right);
  const bool other = candidate_offset(own) != candidate_offset(inherited);
  const bool asked = other & (candidate_length(inherited) < kNiceLength);
  return better_candidate(
      inherited, complete_length<kPreset>(data, n, i, asked ? own : 0));
}

// Inherits from the first position of the next row, as far as that is better.
// The row's own first position stays as it is, for its left neighbour reads it.
template <class Better>
GPU_ZSTD_FN void inherit_from_next_row(const uint8_t* data, uint32_t n,
                                       uint32_t row, Better better_of,
                                       uint32_t* candidates) {
  const uint32_t begin = row * kInheritRow;
  uint32_t first = begin + kInheritRow;
  if (first >= n) return;
  uint32_t right = candidates[first];
  bool better = true;
  while (better && first > begin) {
    first -= 4;
    alignas(16) uint32_t words[4];
    load4(candidates + first, words);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 4; k-- > 0;) {
      const uint32_t inherited = from_right(data, first + k, right);
      better = better && inherited != 0 && first + k > begin &&
               better_of(words[k], inherited) != words[k];
      if (better) candidates[first + k] = inherited;
      right = inherited;
    }
  }
}

// Fills `to` from `from`, which may be the same; both have room for whole
// groups of four positions, and there is no candidate behind the block's end.
// `inherit(i, own, right)` is the candidate of a position out of its own and
// its right neighbour's, `better_of(a, b)` one of two.
template <class Exec, class Inherit, class Better>
GPU_ZSTD_FN void inherit_by_rows(Exec& x, const uint8_t* data, uint32_t n,
                                 const uint32_t* from, uint32_t* to,
                                 Inherit inherit, Better better_of) {
  static_assert(kInheritRow % 4 == 0);
  x.for_each((n + kInheritRow - 1) / kInheritRow, [&](uint32_t row) {
    const uint32_t begin = row * kInheritRow;
    uint32_t first = (smaller(begin + kInheritRow, n) + 3) & ~3u;
    uint32_t right = 0;
    alignas(16) uint32_t ahead[4];
    load4(from + first - 4, ahead);
    while (first > begin) {
      first -= 4;
      alignas(16) uint32_t words[4];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < 4; ++k) words[k] = ahead[k];
      load4(from + (first > begin ? first - 4 : first), ahead);
      GPU_ZSTD_UNROLL
      for (uint32_t k = 4; k-- > 0;) {
        right = inherit(first + k, words[k], right);
        words[k] = right;
      }
      store4(words, to + first);
    }
  });
  const uint32_t rows = (n + kInheritRow - 1) / kInheritRow;
  const auto reach_one_row_more = [&](uint32_t row) {
    inherit_from_next_row(data, n, row, better_of, to);
  };
  x.for_each(rows, reach_one_row_more);
  for (uint32_t round = 1; round < kInheritRows; ++round) {
    x.for_each(rows, [&](uint32_t row) {
      const uint32_t i = row * kInheritRow;
      if (i + 1 >= n) return;
      to[i] = better_of(to[i], from_right(data, i, to[i + 1]));
    });
    x.for_each(rows, reach_one_row_more);
  }
}

// Fills m.longest[1] from m.longest[0], where that is the only slot.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void inherit_candidates(Exec& x,
                                    const Lz77Memory<kPreset, Index>& m) {
  static_assert(kPresetTable[kPreset].slots == 1);
  inherit_by_rows(
      x, m.data, m.n, m.longest[0], m.longest[1],
      [&](uint32_t i, uint32_t own, uint32_t right) {
        return inherit_at<kPreset>(m.data, m.n, i, own, right);
      },
      [](uint32_t a, uint32_t b) { return better_candidate(a, b); });
}

// Hands the longest matches, which are complete, on to the left.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void inherit_longest(Exec& x, const Lz77Memory<kPreset, Index>& m) {
  static_assert(kPresetTable[kPreset].slots == 2);
  inherit_by_rows(
      x, m.data, m.n, m.longest[0], m.longest[0],
      [&](uint32_t i, uint32_t own, uint32_t right) {
        return longer_candidate(own, from_right(m.data, i, right));
      },
      [](uint32_t a, uint32_t b) { return longer_candidate(a, b); });
}

}  // namespace gpu_zstd
