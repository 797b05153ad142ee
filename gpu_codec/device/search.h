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
#include "gpu_codec/tuning.h"

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

// What a candidate must be longer than to be added: not longer than an earlier
// table's match it is nearly never taken.
template <uint32_t kPreset>
GPU_ZSTD_FN uint32_t longest_so_far(const CandidateSlots& slots) {
  const uint32_t length = candidate_length(slots.longest);
  constexpr uint32_t kMin = kPresetTable[kPreset].min_match;
  return length < kMin ? kMin - 1 : length;
}

// Walks the chain of position i and adds what it finds to `slots`. A few links
// are followed at once, up to the first whose byte behind the longest match so
// far is right: only that one may be longer.
template <uint32_t kPreset, uint32_t kTable, class Index>
GPU_ZSTD_FN void walk_chain(const uint8_t* data, uint32_t n, uint32_t i,
                            const Index* previous, CandidateSlots& slots) {
  constexpr Preset kP = kPresetTable[kPreset];
  // The last position, which has no gram, stands for the end of a chain. What
  // is compared there does not matter, but is read.
  static_assert(kP.search_cap <= kDataPadding);
  const uint32_t none = n - 1;
  const uint32_t limit = smaller(n - i, search_cap(kP, kTable));
  const EightBytes own = read64(data, i);
  uint32_t best = longest_so_far<kPreset>(slots);
  uint32_t next_byte = data[i + best];
  uint32_t left = kP.tables[kTable].depth;
  uint32_t link = smaller(previous[i], none);
  while (link != none && best < limit) {
    uint32_t links[kChainLinks + 1];
    uint32_t bytes[kChainLinks];
    links[0] = link;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kChainLinks; ++k) {
      links[k + 1] = smaller(previous[links[k]], none);
      bytes[k] = data[links[k] + best];
    }
    uint32_t from = none;
    uint32_t used = kChainLinks;
    link = links[kChainLinks];
    GPU_ZSTD_UNROLL
    for (uint32_t k = kChainLinks; k-- > 0;) {
      const bool equal = bytes[k] == next_byte;
      from = equal ? links[k] : from;
      link = equal ? links[k + 1] : link;
      used = equal ? k + 1 : used;
    }
    if (used > left) break;
    left -= used;
    if (from == none) continue;
    uint32_t length = smaller(equal_bytes(own, read64(data, from)), limit);
    if (length == 8) length = match_length_beyond(data, i, from, 8, limit);
    if (length <= best) continue;
    best = length;
    next_byte = data[i + best];
    keep_candidate(slots, make_candidate(i - from, length));
  }
}

// The same in a table that is compared up to kFirstCap, a few links at a time.
// Lengths of up to eight bytes are told without a branch, for lanes of a warp
// to stay together and loads to overlap.
template <uint32_t kPreset, uint32_t kTable, class Index>
GPU_ZSTD_FN void walk_first_chain(const uint8_t* data, uint32_t n, uint32_t i,
                                  const Index* previous,
                                  CandidateSlots& slots) {
  constexpr Preset kP = kPresetTable[kPreset];
  constexpr uint32_t kDepth = kP.tables[kTable].depth;
  constexpr uint32_t kLinks = smaller(kDepth, kFirstLinks);
  static_assert(search_cap(kP, kTable) == 16 && kDepth % kLinks == 0);
  EightByteReader own_reader(data, i);
  const EightBytes own = own_reader.next();
  const EightBytes own_further = own_reader.next();
  const uint32_t limit = smaller(n - i, kFirstCap);
  uint32_t best = longest_so_far<kPreset>(slots);
  uint32_t nearest = 0;
  uint32_t longest = 0;
  uint32_t link = previous[i];
  for (uint32_t step = 0; step < kDepth; step += kLinks) {
    uint32_t offsets[kLinks];
    uint32_t lengths[kLinks];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLinks; ++k) {
      // Without a link, which is above all positions, the position itself.
      const uint32_t from = smaller(link, i);
      link = from < i ? previous[from] : i;
      offsets[k] = i - from;
      lengths[k] = equal_bytes(own, read64(data, from));
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLinks; ++k) {
      if (lengths[k] < 8 || offsets[k] == 0) continue;
      lengths[k] += equal_bytes(own_further, read64(data, i + 8 - offsets[k]));
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kLinks; ++k) {
      const uint32_t length = smaller(lengths[k], limit);
      const bool better = (offsets[k] != 0) & (length > best);
      best = better ? length : best;
      longest = better ? make_candidate(offsets[k], length) : longest;
      nearest = nearest == 0 ? longest : nearest;
    }
  }
  if (longest == 0) return;
  slots.nearest = nearer_candidate(slots.nearest, nearest);
  slots.longest = longest;
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

// The right neighbour's match `right` at position i, one longer; 0 if it does
// not reach so far. Without a branch, for the loads of several to overlap.
GPU_ZSTD_FN uint32_t from_right(const uint8_t* data, uint32_t i,
                                uint32_t right) {
  const uint32_t offset = candidate_offset(right);
  const bool equal = data[i] == data[i - smaller(offset, i)];
  const uint32_t longer = candidate_length(right) < kMaxParsedMatch
                              ? right + make_candidate(0, 1)
                              : right;
  return (right != 0) & (offset <= i) & equal ? longer : 0;
}

// The left neighbour's match at the next position, one shorter; 0 if it is then
// too short.
GPU_ZSTD_FN uint32_t from_left(uint32_t left) {
  return candidate_length(left) > kMinMatch ? left - make_candidate(0, 1) : 0;
}

}  // namespace gpu_zstd
