// The first parse, for its statistics: each position's match of highest gain,
// or, where a block has a period, the match at that.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/lazy_choice.h"
#include "gpu_codec/device/lz77_memory.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/period.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// The candidates of four neighbouring positions.
template <uint32_t kPreset>
struct CandidateGroup {
  alignas(16) uint32_t nearest[4];  // with two slots only
  alignas(16) uint32_t longest[4];

  GPU_ZSTD_FN void load(const uint32_t* all_nearest,
                        const uint32_t* all_longest, uint32_t place) {
    load4(all_longest + place, longest);
    if constexpr (kPresetTable[kPreset].slots > 1) {
      load4(all_nearest + place, nearest);
    }
  }

  // The candidate of highest gain at position k.
  GPU_ZSTD_FN uint32_t best(uint32_t k) const {
    if constexpr (kPresetTable[kPreset].slots == 1) return longest[k];
    return better_candidate(nearest[k], longest[k]);
  }

  // The choice there.
  GPU_ZSTD_FN uint32_t greedy_choice(uint32_t k) const {
    const uint32_t word = best(k);
    const uint32_t source = word != longest[k] ? kFromNearest : kFromLongest;
    const uint32_t length = candidate_length(word);
    return length >= 4 ? make_choice(source, length) : 0;
  }

  // Those of all positions, 16 bits each.
  GPU_ZSTD_FN uint64_t greedy_choices() const {
    uint64_t choices = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < 4; ++k) {
      choices |= uint64_t{greedy_choice(k)} << (16 * k);
    }
    return choices;
  }
};

// The same of the group of positions from `first` on, in a block with a period:
// a match at it, which is expected to cost little, goes before one that saves
// no more at the same position or one of the two before.
template <uint32_t kPreset>
GPU_ZSTD_FN uint64_t periodic_choices(const CandidateGroup<kPreset>& group,
                                      const uint8_t* data, uint32_t n,
                                      uint32_t first, uint32_t period) {
  constexpr uint32_t kAhead = 2;
  if (first < period) return group.greedy_choices();
  const EightBytes own = read64(data, first);
  const EightBytes other = read64(data, first - period);
  uint32_t gains[4 + kAhead];
  uint32_t lengths[4 + kAhead];
  uint32_t length = period_length(data, n, first + 4 + kAhead, period);
  GPU_ZSTD_UNROLL
  for (uint32_t k = 4 + kAhead; k-- > 0;) {
    const uint32_t differs =
        k < 4 ? own.low ^ other.low : own.high ^ other.high;
    const bool equal = (differs >> (8 * (k % 4)) & 255u) == 0 && first + k < n;
    length = equal ? smaller(length + 1, kMaxParsedMatch) : 0;
    lengths[k] = length;
    gains[k] = length >= kMinMatch ? period_gain(length) : 0;
  }
  uint64_t choices = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < 4; ++k) {
    const uint32_t greedy = group.greedy_choice(k);
    const uint32_t gain = greedy != 0 ? candidate_gain(group.best(k)) : 0;
    uint64_t choice = 0;
    if (gains[k] != 0 && gains[k] >= gain) {
      choice = make_choice(kFromRep0, lengths[k]);
    } else if (takes_match(gain, gains[k + 1], gains[k + 2])) {
      choice = greedy;
    }
    choices |= choice << (16 * k);
  }
  return choices;
}

// The choices of the greedy parse; without a period it is 0. The arrays have
// room for whole groups of four; a thread has several of them on their way at
// once.
template <uint32_t kPreset, class Exec, class Index>
GPU_ZSTD_FN void choose_greedily(Exec& x, const Lz77Memory<kPreset, Index>& m,
                                 uint32_t period, const uint32_t* nearest,
                                 const uint32_t* longest) {
  constexpr uint32_t kTogether = 4;
  const uint32_t groups = walk_groups<kPreset>(m.n);
  const uint32_t threads = x.threads();
  x.phase([&](uint32_t thread) {
    for (uint32_t g = thread; g < groups; g += kTogether * threads) {
      CandidateGroup<kPreset> group[kTogether];
      uint32_t first[kTogether];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint32_t other = g + k * threads;
        first[k] = walk_group<kPreset>(other < groups ? other : g, m.n);
        const uint32_t there = first[k] < m.n ? first[k] : 0;
        group[k].load(nearest, longest, walk_place<kPreset>(there, m.segments));
      }
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        if (first[k] >= m.n) continue;
        const uint64_t choices =
            period == 0
                ? group[k].greedy_choices()
                : periodic_choices(group[k], m.data, m.n, first[k], period);
        store_halves(choices, m.choices + choice_place(first[k]));
      }
    }
  });
}

}  // namespace gpu_zstd
