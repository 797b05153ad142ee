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

// The matches of one segment's positions.
template <uint32_t kPreset>
class LightMatches {
  static constexpr Preset kP = kPresetTable[kPreset];
  static_assert(kP.reps == 1 && kP.slots == 1);
  static_assert(kMinMatch + 1 >= DpBatch<kPreset>::kSize);

 public:
  GPU_ZSTD_FN LightMatches(const DpMemory&, uint32_t, const DpCosts<kPreset>&,
                           uint32_t) {}

  // What a literal at position k of the batch costs, but for its run's length.
  GPU_ZSTD_FN static int32_t literal(const PriceTable& prices,
                                     const DpBatch<kPreset>& batch,
                                     uint32_t k) {
    return prices.literals[batch.bytes[k]];
  }

  // The choice that a way begins with.
  GPU_ZSTD_FN static uint32_t choice_of(int32_t way) {
    const uint32_t code = static_cast<uint32_t>(way) & kWayCodes;
    return code != 0 ? code ^ 255u : 0;
  }

  // The cheapest way by a match at position k of the batch, which is x.
  GPU_ZSTD_FN static int32_t cheapest(const PriceTable& prices,
                                      const DpCosts<kPreset>& costs,
                                      const DpBatch<kPreset>& batch, uint32_t k,
                                      uint32_t x) {
    const uint32_t word = batch.longest[k];
    const uint32_t code = offset_code(candidate_offset(word) + kRepcodes);
    int32_t best = kNoWay;
    try_match<kMinMatch>(prices, costs, prices.repcodes[0],
                         batch.rep_lengths[k], x, best);
    try_match<kP.min_match>(prices, costs, prices.longest[code],
                            candidate_length(word), x, best);
    return best;
  }

  GPU_ZSTD_FN void note(uint32_t, int32_t) {}
  GPU_ZSTD_FN void end_batch() {}

 private:
  // Tries a match of at least kShortest bytes, or none, at position x: its
  // length and one less.
  template <uint32_t kShortest>
  GPU_ZSTD_FN static void try_match(const PriceTable& prices,
                                    const DpCosts<kPreset>& costs,
                                    int32_t offset, uint32_t length, uint32_t x,
                                    int32_t& best) {
    const uint32_t l = length > 0 ? length : 1;
    const int32_t way =
        make_way(costs.beyond(x, l), 0) + prices.length_ways[l] + offset;
    if (way < best) best = way;
    const bool never = kShortest > kMinMatch && l <= kShortest;
    const int32_t price = never ? kNoWay : prices.length_ways[l - 1];
    const int32_t shorter =
        make_way(costs.beyond(x, l - 1), 0) + price + offset;
    if (shorter < best) best = shorter;
  }
};

template <uint32_t kPreset>
using LightWalk = DpWalk<kPreset, LightMatches<kPreset>>;

}  // namespace gpu_zstd
