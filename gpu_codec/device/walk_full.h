// The backward DP of the strong presets: of every match all lengths below
// kShortLengths, and of the longest one the kLongTries longest.
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

GPU_ZSTD_FN uint32_t choice_of_way(int32_t way) {
  const uint32_t code = static_cast<uint32_t>(way) & ((1u << kWayBits) - 1);
  return code != 0 ? code - (1u << 8) : 0;
}

// What a match's offset adds to a way.
GPU_ZSTD_FN int32_t source_way(uint32_t source) {
  return make_way(0, (source + 1) << 8);
}

// The walk of one segment.
template <uint32_t kPreset>
class FullWalk {
  static constexpr Preset kP = kPresetTable[kPreset];
  static constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  static_assert(kP.slots == 2 && kP.reps == 3);

 public:
  GPU_ZSTD_FN FullWalk(const DpInput<kPreset>& in, const DpMemory& memory,
                       uint32_t column, uint32_t base)
      : in_(in),
        costs_(memory.costs + column),
        ways_(memory.ways + column),
        columns_(memory.columns),
        base_(base),
        end_(smaller(kDpSegment + kP.window, in.n - base)),
        state_(first_state(in, base, end_)) {
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kAhead; ++k) ahead_[k] = make_way(kCostBias, 0);
    GPU_ZSTD_UNROLL
    for (uint32_t l = 0; l < kMinMatch; ++l) way_of(l) = kNoWay;
    cost_at(end_) = kCostBias;
  }

  // Fills the segment's choices; there is room for whole batches.
  GPU_ZSTD_FN void run(uint16_t* choices) {
    DpBatch<kPreset> batch;
    uint32_t q = (end_ + kSize - 1) / kSize;
    load_batch(in_, base_ + kSize * (q - 1), batch);
    while (q-- > 0) {
      DpBatch<kPreset> next;
      load_batch(in_, base_ + kSize * (q > 0 ? q - 1 : 0), next);
      const uint64_t decided = decide_batch(batch, kSize * q);
      if (kSize * q < kDpSegment) {
        store_choices(decided, choices + choice_place(base_ + kSize * q));
      }
      batch = next;
    }
  }

 private:
  // Positions whose costs are at hand.
  static constexpr uint32_t kAhead = kShortLengths - 1;
  static constexpr uint32_t kCodes = (1u << kWayBits) - 1;

  // Decides positions x + 3 .. x; returns their choices, 16 bits each.
  GPU_ZSTD_FN uint64_t decide_batch(const DpBatch<kPreset>& batch, uint32_t x) {
    // Costs of positions x, x + 1, ..., as ways.
    int32_t from[kAhead + kSize];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kAhead; ++k) from[kSize + k] = ahead_[k];
    uint64_t choices = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSize; k-- > 0;) {
      find_short_ways(from + k);
      const int32_t best = best_way(batch, k, x + k);
      // Behind the block's end there is nothing to pay.
      const int32_t way = x + k < end_ ? best : make_way(kCostBias, 0);
      take(way, x + k);
      choices |= static_cast<uint64_t>(choice_of_way(way)) << (16 * k);
      from[k] = way & ~static_cast<int32_t>(kCodes);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kAhead; ++k) ahead_[k] = from[k];
    return choices;
  }

  // The cheapest way of a match of a short `length` or less, but for its
  // offset; none below kMinMatch.
  GPU_ZSTD_FN int32_t& way_of(uint32_t length) const {
    return ways_[length * columns_];
  }

  GPU_ZSTD_FN uint16_t& cost_at(uint32_t x) const {
    return costs_[x % kDpRing * columns_];
  }

  // from[l] is the cost l positions on.
  GPU_ZSTD_FN void find_short_ways(const int32_t* from) const {
    alignas(16) int32_t prices[(kShortLengths + 3) / 4 * 4];
    GPU_ZSTD_UNROLL
    for (uint32_t l = 0; l < kShortLengths; l += 4) {
      load4(in_.prices->short_lengths + l, prices + l);
    }
    int32_t way = kNoWay;
    GPU_ZSTD_UNROLL
    for (uint32_t l = kMinMatch; l < kShortLengths; ++l) {
      const int32_t longer = from[l] + prices[l];
      way = longer < way ? longer : way;
      way_of(l) = way;
    }
  }

  GPU_ZSTD_FN int32_t best_way(const DpBatch<kPreset>& batch, uint32_t k,
                               uint32_t x) const {
    const PriceTable& prices = *in_.prices;
    const int32_t literal =
        static_cast<int32_t>(literal_price_of(batch.rep_lengths[k])) -
        prices.average;
    int32_t best = make_way(state_.next_cost + literal + state_.step, 0);
    const RepMatches reps = rep_matches(batch.rep_lengths[k]);
    try_short(reps.first_offset, reps.first_length, best);
    try_short(reps.other_offset, reps.other_length, best);
    const bool other = reps.other_length > reps.first_length;
    try_long<1>(other ? reps.other_offset : reps.first_offset,
                other ? reps.other_length : reps.first_length, x, best);
    const uint32_t nearest = batch.nearest[k];
    try_short(slot_way(nearest, kFromNearest), candidate_length(nearest), best);
    const uint32_t longest = batch.longest[k];
    const int32_t offset = slot_way(longest, kFromLongest);
    try_short(offset, candidate_length(longest), best);
    try_long<kLongTries>(offset, candidate_length(longest), x, best);
    return best;
  }

  // The match at the first repcode and the longer one of the others, which
  // cost the same.
  struct RepMatches {
    int32_t first_offset;
    uint32_t first_length;
    int32_t other_offset;
    uint32_t other_length;
  };

  GPU_ZSTD_FN RepMatches rep_matches(uint32_t lengths) const {
    const uint32_t second = (lengths >> 8) & 255u;
    const uint32_t third = (lengths >> 16) & 255u;
    const bool take_third = third > second;
    const int32_t other = in_.prices->offset_ways[1];
    return {in_.prices->offset_ways[0] + source_way(kFromRep0), lengths & 255u,
            other + source_way(take_third ? kFromRep0 + 2 : kFromRep0 + 1),
            take_third ? third : second};
  }

  GPU_ZSTD_FN int32_t slot_way(uint32_t word, uint32_t source) const {
    return in_.prices->offset_ways[candidate_code(word)] + source_way(source);
  }

  // The short lengths of a match.
  GPU_ZSTD_FN void try_short(int32_t offset, uint32_t length,
                             int32_t& best) const {
    const int32_t way = way_of(smaller(length, kShortLengths - 1)) + offset;
    if (way < best) best = way;
  }

  // The longest lengths of a match if it is not short.
  template <uint32_t kTries>
  GPU_ZSTD_FN void try_long(int32_t offset, uint32_t length, uint32_t x,
                            int32_t& best) const {
    const bool is_long = length >= kShortLengths;
    const uint32_t longest = is_long ? length : kShortLengths;
    const int32_t way = is_long ? offset : kNoWay;
    const uint32_t limit = smaller(end_, x + kDpRing - 1);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kTries; ++k) {
      const uint32_t l = longest - k;
      const int32_t cost =
          in_.prices->match_lengths[l] + cost_at(smaller(x + l, limit));
      const int32_t longer = make_way(cost, l) + way;
      if (longer < best) best = longer;
    }
  }

  // Goes on to the position before x, which is left by `way`.
  GPU_ZSTD_FN void take(int32_t way, uint32_t x) {
    state_.next_cost = way >> kWayBits;
    cost_at(x) = static_cast<uint16_t>(state_.next_cost);
    const bool literal = (static_cast<uint32_t>(way) & kCodes) == 0;
    state_.run = literal ? smaller(state_.run + 1, kPricedRun - 1) : 0;
    state_.step = in_.prices->run_steps[state_.run];
  }

  const DpInput<kPreset> in_;
  uint16_t* costs_;  // of this segment's column
  int32_t* ways_;
  uint32_t columns_;
  uint32_t base_;
  uint32_t end_;
  DpState state_;
  int32_t ahead_[kAhead];
};

}  // namespace gpu_zstd
