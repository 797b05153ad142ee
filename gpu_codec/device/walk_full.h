// The backward DP of the strong presets: of every match all lengths below
// kShortLengths, of the longest one the kLongTries longest and of the longest
// at a repcode the kLongRepTries longest.
//
// What a match costs from position x on is its offset's price plus what its
// length costs, and the latter does not depend on the match:
//
//   length           3     4     5    ...    12
//   price + V[..]    w3    w4    w5   ...    w12     the same for all matches
//   cheapest         w3    min   min  ...    min     of this length or less
//
// So a position finds the cheapest lengths once, and each of its matches looks
// up the one for its own length.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/optimal.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/ways.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// The matches of one segment's positions.
template <uint32_t kPreset>
class FullMatches {
  static constexpr Preset kP = kPresetTable[kPreset];
  static constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  static_assert(kP.slots == 2 && kP.reps == 3 && kMinMatch + 1 >= kSize);

 public:
  // Of the positions before `end`; the costs behind are known.
  GPU_ZSTD_FN FullMatches(const DpMemory& memory, uint32_t column,
                          const DpCosts<kPreset>& costs, uint32_t end)
      : ways_(memory.ways + column), columns_(memory.columns) {
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kAhead; ++k) {
      from_[kSize + k] = make_way(costs.at(end + k), 0);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t l = 0; l < kMinMatch; ++l) way_of(l) = kNoWay;
  }

  // What a literal at position k of the batch costs, but for its run's length.
  GPU_ZSTD_FN static int32_t literal(const PriceTable&,
                                     const DpBatch<kPreset>& batch,
                                     uint32_t k) {
    return static_cast<int32_t>(literal_price_of(batch.rep_lengths[k]));
  }

  // The choice that a way begins with.
  GPU_ZSTD_FN static uint32_t choice_of(int32_t way) {
    return static_cast<uint32_t>(way) & kWayCodes;
  }

  // The cheapest way by a match at position k of the batch, which is x.
  GPU_ZSTD_FN int32_t cheapest(const PriceTable& prices,
                               const DpCosts<kPreset>& costs,
                               const DpBatch<kPreset>& batch, uint32_t k,
                               uint32_t x) const {
    find_short_ways(prices, from_ + k);
    const RepMatches reps = rep_matches(prices, batch.rep_lengths[k]);
    int32_t best = kNoWay;
    try_short(reps.first_offset, reps.first_length, best);
    try_short(reps.other_offset, reps.other_length, best);
    const uint32_t nearest = batch.nearest[k];
    try_short(prices.nearest[candidate_code(nearest)],
              candidate_length(nearest), best);
    const uint32_t longest = batch.longest[k];
    const int32_t offset = prices.longest[candidate_code(longest)];
    try_short(offset, candidate_length(longest), best);
    const bool other = reps.other_length > reps.first_length;
    try_long<kP.long_rep_tries>(
        prices, costs, other ? reps.other_offset : reps.first_offset,
        other ? reps.other_length : reps.first_length, x, best);
    try_long<kP.long_tries>(prices, costs, offset, candidate_length(longest), x,
                            best);
    return best;
  }

  // Notes what the way on from position k of the batch costs, as a way.
  GPU_ZSTD_FN void note(uint32_t k, int32_t cost) { from_[k] = cost; }

  // Goes on to the batch before.
  GPU_ZSTD_FN void end_batch() {
    GPU_ZSTD_UNROLL
    for (uint32_t k = kAhead; k-- > 0;) from_[kSize + k] = from_[k];
  }

 private:
  // Positions whose costs are at hand.
  static constexpr uint32_t kAhead = kShortLengths - 1;

  // The match at the first repcode and the longer one of the others, which
  // cost the same.
  struct RepMatches {
    int32_t first_offset;
    uint32_t first_length;
    int32_t other_offset;
    uint32_t other_length;
  };

  // The cheapest way of a match of a short `length` or less, but for its
  // offset; none below kMinMatch.
  GPU_ZSTD_FN int32_t& way_of(uint32_t length) const {
    return ways_[length * columns_];
  }

  // from[l] is the cost l positions on.
  GPU_ZSTD_FN void find_short_ways(const PriceTable& prices,
                                   const int32_t* from) const {
    alignas(16) int32_t lengths[(kShortLengths + 3) / 4 * 4];
    GPU_ZSTD_UNROLL
    for (uint32_t l = 0; l < kShortLengths; l += 4) {
      load4(prices.short_lengths + l, lengths + l);
    }
    int32_t way = kNoWay;
    GPU_ZSTD_UNROLL
    for (uint32_t l = kMinMatch; l < kShortLengths; ++l) {
      const int32_t longer = from[l] + lengths[l];
      way = longer < way ? longer : way;
      way_of(l) = way;
    }
  }

  GPU_ZSTD_FN static RepMatches rep_matches(const PriceTable& prices,
                                            uint32_t lengths) {
    const uint32_t second = (lengths >> 8) & 255u;
    const uint32_t third = (lengths >> 16) & 255u;
    const bool take_third = third > second;
    alignas(16) int32_t offsets[4];
    load4(prices.repcodes, offsets);
    return {offsets[0], lengths & 255u, take_third ? offsets[2] : offsets[1],
            take_third ? third : second};
  }

  // The short lengths of a match.
  GPU_ZSTD_FN void try_short(int32_t offset, uint32_t length,
                             int32_t& best) const {
    const int32_t way = way_of(smaller(length, kShortLengths - 1)) + offset;
    if (way < best) best = way;
  }

  // The longest lengths of a match, as far as they are not short: there is no
  // way by those that are, all lanes with a short match look at the same ones.
  template <uint32_t kTries>
  GPU_ZSTD_FN static void try_long(const PriceTable& prices,
                                   const DpCosts<kPreset>& costs,
                                   int32_t offset, uint32_t length, uint32_t x,
                                   int32_t& best) {
    static_assert(kTries < kShortLengths);
    const uint32_t longest =
        length < kShortLengths ? kShortLengths - 1 : length;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kTries; ++k) {
      const uint32_t l = longest - k;
      const int32_t way =
          make_way(costs.beyond(x, l), 0) + prices.length_ways[l] + offset;
      if (way < best) best = way;
    }
  }

  int32_t* ways_;
  uint32_t columns_;
  // Costs from positions of the batch on.
  int32_t from_[kSize + kAhead];
};

template <uint32_t kPreset>
using FullWalk = DpWalk<kPreset, FullMatches<kPreset>>;

}  // namespace gpu_zstd
