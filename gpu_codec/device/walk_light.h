// The backward DP of the quick presets: of every match its length and one less.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/optimal.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
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

template <uint32_t kPreset>
inline constexpr uint32_t kDpMatches =
    kPresetTable[kPreset].reps + kPresetTable[kPreset].slots;

// Where the offset of match m of a position comes from.
template <uint32_t kPreset>
GPU_ZSTD_FN constexpr uint32_t source_of_match(uint32_t m) {
  constexpr Preset kP = kPresetTable[kPreset];
  if (m < kP.reps) return kFromRep0 + m;
  return kP.slots > 1 && m == kP.reps ? kFromNearest : kFromLongest;
}

template <uint32_t kPreset>
GPU_ZSTD_FN void price_light(const PriceTable& prices,
                             const DpBatch<kPreset>& batch, uint32_t k,
                             PricedMatch (&priced)[kDpMatches<kPreset>]) {
  constexpr Preset kP = kPresetTable[kPreset];
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kP.reps; ++r) {
    const uint32_t length = (batch.rep_lengths[k] >> (8 * r)) & 255u;
    priced[r] = price_match(prices, prices.offsets[r == 0 ? 0 : 1], length,
                            kMinMatch - 1);
  }
  uint32_t covered = kP.min_match - 1;
  GPU_ZSTD_UNROLL
  for (uint32_t m = kP.reps; m < kDpMatches<kPreset>; ++m) {
    const uint32_t word = source_of_match<kPreset>(m) == kFromNearest
                              ? batch.nearest[k]
                              : batch.longest[k];
    const uint32_t code = offset_code(candidate_offset(word) + kRepcodes);
    const uint32_t length = candidate_length(word);
    priced[m] = price_match(prices, prices.offsets[code], length, covered);
    if (length > covered) covered = length;
  }
}

template <uint32_t kPreset>
GPU_ZSTD_FN void try_light(const DpCursor& c,
                           const PricedMatch (&priced)[kDpMatches<kPreset>],
                           BestChoice& best) {
  GPU_ZSTD_UNROLL
  for (uint32_t m = 0; m < kDpMatches<kPreset>; ++m) {
    const uint32_t source = source_of_match<kPreset>(m);
    const uint32_t l = priced[m].length;
    const int32_t cost = priced[m].price + c.cost(smaller(c.x + l, c.limit));
    const int32_t shorter =
        priced[m].shorter_price + c.cost(smaller(c.x + l - 1, c.limit));
    if (cost < best.cost) best = {cost, make_choice(source, l)};
    if (shorter < best.cost) best = {shorter, make_choice(source, l - 1)};
  }
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
    PricedMatch priced[kDpMatches<kPreset>];
    price_light<kPreset>(prices, batch, k, priced);
    try_light<kPreset>(cursor, priced, best);
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
