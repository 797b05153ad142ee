// The backward DP of the quick presets: of every match its length and one less.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/optimal.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// A match's length and one less, as far as they are tried: ways of them, but
// for the costs where they lead. Of equals the longer one is chosen, so that a
// way has what a length lacks of 255.
struct PricedMatch {
  int32_t way;
  int32_t shorter_way;
  uint32_t length;

  GPU_ZSTD_FN PricedMatch(const PriceTable& prices, int32_t offset_price,
                          uint32_t source, uint32_t any_length,
                          uint32_t shortest) {
    length = any_length >= shortest ? any_length : kMinMatch;
    way = any_length >= shortest
              ? make_way(offset_price + prices.match_lengths[length],
                         make_code(source, length))
              : kNoWay;
    shorter_way =
        any_length > shortest
            ? make_way(offset_price + prices.match_lengths[length - 1],
                       make_code(source, length - 1))
            : kNoWay;
  }

  GPU_ZSTD_FN static uint32_t make_code(uint32_t source, uint32_t length) {
    return (source + 1) << 8 | (length ^ 255u);
  }
};

// The matches of one segment's positions.
template <uint32_t kPreset>
class LightMatches {
  static constexpr Preset kP = kPresetTable[kPreset];
  static_assert(kP.reps == 1 && kP.slots == 1);
  static_assert(kMinMatch + 1 >= DpBatch<kPreset>::kSize);

 public:
  GPU_ZSTD_FN LightMatches(const DpMemory&, uint32_t) {}

  // What a literal at position k of the batch costs, but for its run's length.
  GPU_ZSTD_FN static int32_t literal(const PriceTable& prices,
                                     const DpBatch<kPreset>& batch,
                                     uint32_t k) {
    return prices.literals[batch.bytes[k]];
  }

  // The choice that a way begins with.
  GPU_ZSTD_FN static uint32_t choice_of(int32_t way) {
    const uint32_t code = static_cast<uint32_t>(way) & kWayCodes;
    return code != 0 ? (code ^ 255u) - (1u << 8) : 0;
  }

  // The cheapest way by a match at position k of the batch, which is x.
  GPU_ZSTD_FN static int32_t cheapest(const PriceTable& prices,
                                      const DpCosts<kPreset>& costs,
                                      const DpBatch<kPreset>& batch, uint32_t k,
                                      uint32_t x) {
    const uint32_t word = batch.longest[k];
    const uint32_t code = offset_code(candidate_offset(word) + kRepcodes);
    const PricedMatch rep(prices, prices.offsets[0], kFromRep0,
                          batch.rep_lengths[k], kMinMatch);
    const PricedMatch longest(prices, prices.offsets[code], kFromLongest,
                              candidate_length(word), kP.min_match);
    const int32_t by_rep = cheaper(costs, rep, x);
    const int32_t by_longest = cheaper(costs, longest, x);
    return by_rep < by_longest ? by_rep : by_longest;
  }

  GPU_ZSTD_FN void note(uint32_t, int32_t) {}
  GPU_ZSTD_FN void end_batch() {}

 private:
  // The cheaper way by one match at position x.
  GPU_ZSTD_FN static int32_t cheaper(const DpCosts<kPreset>& costs,
                                     const PricedMatch& match, uint32_t x) {
    const int32_t way = match.way + make_way(costs.beyond(x, match.length), 0);
    const int32_t shorter =
        match.shorter_way + make_way(costs.beyond(x, match.length - 1), 0);
    return way < shorter ? way : shorter;
  }
};

template <uint32_t kPreset>
using LightWalk = DpWalk<kPreset, LightMatches<kPreset>>;

}  // namespace gpu_zstd
