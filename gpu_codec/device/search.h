// Match candidates of every position.
//
// A table's chain is walked from the latest occurrence back. Where two
// candidates are kept, the nearest and the longest, one counts only if it is
// longer than the nearer ones and than those of earlier tables. Lengths are
// compared up to a cap and completed afterwards.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// How far a table is compared before lengths are completed. The last one, that
// of the longest grams, finds all long matches.
GPU_ZSTD_HOST_FN constexpr uint32_t search_cap(const Preset& preset,
                                               uint32_t table) {
  return table + 1 == preset.table_count ? preset.search_cap : kFirstCap;
}

// Adds candidate `word` to a position's slots.
GPU_ZSTD_FN void keep_candidate(CandidateSlots& slots, uint32_t word) {
  slots.nearest = nearer_candidate(slots.nearest, word);
  slots.longest = longer_candidate(slots.longest, word);
}

// Walks the chain of position i and adds what it finds to `slots`.
template <uint32_t kPreset, uint32_t kTable, class Index>
GPU_ZSTD_FN void walk_chain(const uint8_t* data, uint32_t n, uint32_t i,
                            const Index* previous, CandidateSlots& slots) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr uint32_t kDepth = kP.tables[kTable].depth;
  const uint32_t limit = smaller(n - i, search_cap(kP, kTable));
  const EightBytes own = read64(data, i);
  // What is not longer than an earlier table's match is nearly never taken.
  uint32_t best = candidate_length(slots.longest);
  if (best < kP.min_match) best = kP.min_match - 1;
  uint32_t next_byte = data[i + best];
  Index j = previous[i];
  for (uint32_t step = 0; step < kDepth && j != kNoPosition<Index>; ++step) {
    if (best >= limit) break;
    const uint32_t from = j;
    j = previous[j];
    if (data[from + best] != next_byte) continue;
    uint32_t length = smaller(equal_bytes(own, read64(data, from)), limit);
    if (length == 8) length = match_length_beyond(data, i, from, 8, limit);
    if (length <= best) continue;
    best = length;
    next_byte = data[i + best];
    keep_candidate(slots, make_candidate(i - from, length));
  }
}

// The longest of the first kDepth links of position i's chain, the nearest of
// equals, as far as eight bytes tell; 0 without one. It has no branches, for
// lanes of a warp to stay together and loads to overlap.
template <uint32_t kDepth, class Index>
GPU_ZSTD_FN uint32_t find_short_match(const uint8_t* data, uint32_t n,
                                      uint32_t i, const Index* previous) {
  const EightBytes own = read64(data, i);
  const uint32_t limit = smaller(n - i, kShortCompare);
  uint32_t longest = 3;
  uint32_t word = 0;
  uint32_t link = previous[i];
  GPU_ZSTD_UNROLL
  for (uint32_t step = 0; step < kDepth; ++step) {
    // Without a link, which is above all positions, the position itself.
    const uint32_t from = smaller(link, i);
    if (step + 1 < kDepth) link = previous[from];
    const uint32_t length =
        smaller(equal_bytes(own, read64(data, from)), limit);
    const bool better = from < i && length > longest;
    longest = better ? length : longest;
    word = better ? make_candidate(i - from, length) : word;
    if (step + 1 < kDepth) link = from < i ? link : i;
  }
  return word;
}

// Completes a length that stopped at the cap.
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t complete_length(const uint8_t* data, uint32_t n,
                                     uint32_t i, uint32_t word) {
  constexpr uint32_t kCap = kPresetTable[kPreset].search_cap;
  if (candidate_length(word) < kCap) return word;
  const uint32_t offset = candidate_offset(word);
  const uint32_t limit = smaller(n - i, kMaxParsedMatch);
  const uint32_t length =
      kCap < limit
          ? kCap + match_length(data, i + kCap, i - offset + kCap, limit - kCap)
          : limit;
  return make_candidate(offset, length);
}

// Offers the candidates of the right neighbour, one longer, and of the left
// one, one shorter.
GPU_ZSTD_FN void offer_right(const uint8_t* data, uint32_t i, uint32_t word,
                             CandidateSlots& slots) {
  const uint32_t offset = candidate_offset(word);
  if (word == 0 || offset > i || data[i] != data[i - offset]) return;
  const uint32_t length = smaller(candidate_length(word) + 1, kMaxParsedMatch);
  keep_candidate(slots, make_candidate(offset, length));
}

GPU_ZSTD_FN void offer_left(uint32_t word, CandidateSlots& slots) {
  if (candidate_length(word) <= kMinMatch) return;
  keep_candidate(slots, make_candidate(candidate_offset(word),
                                       candidate_length(word) - 1));
}

}  // namespace gpu_zstd
