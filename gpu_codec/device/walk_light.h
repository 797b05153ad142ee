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

// The cheapest way found so far from a position.
struct BestChoice {
  int32_t cost;
  uint32_t choice;
};

// What the walk of one segment needs at a position.
struct DpCursor {
  DpMemory memory;
  uint32_t segment;
  uint32_t x;      // position, relative to the segment
  uint32_t limit;  // last position whose cost is known

  GPU_ZSTD_FN uint16_t& cost(uint32_t position) const {
    return memory.costs[position % kDpRing * memory.columns + segment];
  }
};

// A match's length and one less, priced up to where they lead. A length that
// is not to be tried has a price above any cost.
struct PricedMatch {
  int32_t price;
  int32_t shorter_price;
  uint32_t length;
};

GPU_ZSTD_FN PricedMatch price_match(const PriceTable& prices,
                                    int32_t offset_price, uint32_t length,
                                    uint32_t covered) {
  constexpr int32_t kNever = 1 << 24;
  const bool longer = length > covered;
  const bool shorter = longer && length - 1 > covered;
  const uint32_t l = longer ? length : 2;
  return {(longer ? offset_price : kNever) + prices.match_lengths[l],
          (shorter ? offset_price : kNever) + prices.match_lengths[l - 1], l};
}

// The matches of position k of the batch: with the repcode and the candidate.
template <uint32_t kPreset>
struct LightMatches {
  PricedMatch rep;
  PricedMatch longest;

  GPU_ZSTD_FN LightMatches(const PriceTable& prices,
                           const DpBatch<kPreset>& batch, uint32_t k) {
    constexpr Preset kP = kPresetTable[kPreset];
    static_assert(kP.reps == 1 && kP.slots == 1);
    rep = price_match(prices, prices.offsets[0], batch.rep_lengths[k],
                      kMinMatch - 1);
    const uint32_t word = batch.longest[k];
    const uint32_t code = offset_code(candidate_offset(word) + kRepcodes);
    longest = price_match(prices, prices.offsets[code], candidate_length(word),
                          kP.min_match - 1);
  }
};

GPU_ZSTD_FN void try_match(const DpCursor& c, const PricedMatch& match,
                           uint32_t source, BestChoice& best) {
  const uint32_t l = match.length;
  const int32_t cost = match.price + c.cost(smaller(c.x + l, c.limit));
  const int32_t shorter =
      match.shorter_price + c.cost(smaller(c.x + l - 1, c.limit));
  if (cost < best.cost) best = {cost, make_choice(source, l)};
  if (shorter < best.cost) best = {shorter, make_choice(source, l - 1)};
}

// Decides the positions base + 4 * q + 3 .. base + 4 * q that lie before `end`;
// returns their choices, 16 bits each.
template <uint32_t kPreset>
GPU_ZSTD_FN uint64_t decide_batch(const DpInput<kPreset>& in, DpMemory memory,
                                  const DpBatch<kPreset>& batch,
                                  uint32_t column, uint32_t q, uint32_t end,
                                  DpState& state) {
  const PriceTable& prices = *in.prices;
  constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  int32_t literals[kSize];
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < kSize; ++k) {
    literals[k] = prices.literals[batch.bytes[k]];
  }
  const int32_t first_step = prices.run_steps[0];
  uint64_t choices = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t k = kSize; k-- > 0;) {
    const uint32_t x = 4 * q + k;
    if (x >= end) continue;
    const DpCursor cursor{memory, column, x, smaller(end, x + kDpRing - 1)};
    const uint32_t longer_run = smaller(state.run + 1, kPricedRun - 1);
    const int32_t longer_step = prices.run_steps[longer_run];
    BestChoice best{state.next_cost + literals[k] + state.step, 0};
    const LightMatches<kPreset> matches(prices, batch, k);
    try_match(cursor, matches.rep, kFromRep0, best);
    try_match(cursor, matches.longest, kFromLongest, best);
    cursor.cost(x) = static_cast<uint16_t>(best.cost);
    state.next_cost = best.cost;
    state.run = best.choice != 0 ? 0 : longer_run;
    state.step = best.choice != 0 ? first_step : longer_step;
    choices |= static_cast<uint64_t>(best.choice) << (16 * k);
  }
  return choices;
}

// Choices of one segment. `choices` has room for whole batches.
template <uint32_t kPreset>
GPU_ZSTD_FN void walk_lightly(const DpInput<kPreset>& in, DpMemory memory,
                              uint32_t column, uint32_t base,
                              uint16_t* choices) {
  constexpr uint32_t kReach = kDpSegment + kPresetTable[kPreset].window;
  constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  const uint32_t end = smaller(kReach, in.n - base);
  DpCursor{memory, column, end, end}.cost(end) = kCostBias;
  DpState state = first_state(in, base, end);
  DpBatch<kPreset> batch;
  uint32_t q = (end + kSize - 1) / kSize;
  load_batch(in, base + kSize * (q - 1), batch);
  while (q-- > 0) {
    DpBatch<kPreset> ahead;
    load_batch(in, base + kSize * (q > 0 ? q - 1 : 0), ahead);
    const uint64_t decided =
        decide_batch<kPreset>(in, memory, batch, column, q, end, state);
    if (kSize * q < kDpSegment) {
      store_choices(decided, choices + choice_place(base + kSize * q));
    }
    batch = ahead;
  }
}

}  // namespace gpu_zstd
