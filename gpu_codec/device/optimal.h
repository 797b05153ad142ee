// Backward dynamic programming: at each position the cheapest way on.
//
//   segment    |<---- 64 positions ---->|<- window ->|
//   direction                   <--------------------   one thread a segment
//   V[x] = min(literal + V[x+1], match + V[x+length], ...)
//
// A thread knows nothing of other segments: it starts a window beyond its own,
// where every position costs the average. The choice at a position then says
// how to go on from there, and the parse follows the choices from position 0.
#pragma once

#include <cstdint>
#include <cstring>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Costs of the last kDpRing positions of each segment, `stride` segments side
// by side. Biased, so that they stay positive.
struct CostRing {
  uint16_t* costs;
  uint32_t stride;

  GPU_ZSTD_FN uint16_t& at(uint32_t x, uint32_t segment) const {
    return costs[(x & (kDpRing - 1)) * stride + segment];
  }
};
inline constexpr int32_t kCostBias = 16384;

// Segments walked side by side in a block of up to `n` bytes.
GPU_ZSTD_HOST_FN constexpr uint32_t ring_columns(uint32_t n) {
  const uint32_t segments = (n + kDpSegment - 1) / kDpSegment;
  return segments < 32 ? 32 : segments < 512 ? segments : 512;
}

// Inputs of the DP.
template <uint32_t kPreset>
struct DpInput {
  using RepWord = typename RepLengths<kPresetTable[kPreset].reps>::Word;

  const uint8_t* data;
  uint32_t n;
  const uint32_t* nearest;  // candidate words; not used with one slot
  const uint32_t* longest;
  const RepWord* rep_lengths;
  const PriceTable* prices;
};

// The cheapest way found so far from a position.
struct BestChoice {
  int32_t cost;
  uint32_t choice;
};

// What the walk of one segment needs at a position.
struct DpCursor {
  CostRing ring;
  uint32_t segment;
  uint32_t x;      // position, relative to the segment
  uint32_t limit;  // last position whose cost is known
};

GPU_ZSTD_FN void try_match(const DpCursor& c, const PriceTable& prices,
                           int32_t offset_price, uint32_t length,
                           uint32_t source, BestChoice& best) {
  const uint32_t to = smaller(c.x + length, c.limit);
  const int32_t cost =
      offset_price + prices.match_lengths[length] + c.ring.at(to, c.segment);
  if (cost < best.cost) best = {cost, make_choice(source, length)};
}

// Lengths of one match; those up to `covered` come from a cheaper offset.
GPU_ZSTD_FN void try_lengths(const DpCursor& c, const PriceTable& prices,
                             int32_t offset_price, uint32_t length,
                             uint32_t covered, uint32_t source,
                             BestChoice& best) {
  if (length <= covered) return;
  const uint32_t shortest =
      length >= 16 && length - 3 > covered ? length - 3 : covered + 1;
  for (uint32_t l = length; l >= shortest; --l) {
    try_match(c, prices, offset_price, l, source, best);
  }
}

// What the DP reads of four neighbouring positions.
template <uint32_t kPreset>
struct DpBatch {
  static constexpr uint32_t kSize = 4;
  using RepWord = typename DpInput<kPreset>::RepWord;

  alignas(4) uint8_t bytes[kSize];
  alignas(16) uint32_t nearest[kSize];
  alignas(16) uint32_t longest[kSize];
  alignas(kSize * sizeof(RepWord)) RepWord rep_lengths[kSize];
};

// All lengths below 16 of every match, the four longest otherwise.
template <uint32_t kPreset>
GPU_ZSTD_FN void try_full(const PriceTable& prices, const DpCursor& c,
                          const DpBatch<kPreset>& batch, uint32_t k,
                          BestChoice& best) {
  constexpr Preset kP = kPresetTable[kPreset];
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kP.reps; ++r) {
    const uint32_t length = (batch.rep_lengths[k] >> (8 * r)) & 255u;
    try_lengths(c, prices, prices.offsets[r == 0 ? 0 : 1], length,
                kMinMatch - 1, kFromRep0 + r, best);
  }
  uint32_t covered = kP.min_match - 1;
  const auto try_slot = [&](uint32_t word, uint32_t source) {
    const uint32_t code = offset_code(candidate_offset(word) + kRepcodes);
    const uint32_t length = candidate_length(word);
    try_lengths(c, prices, prices.offsets[code], length, covered, source, best);
    if (length > covered) covered = length;
  };
  if constexpr (kP.slots > 1) try_slot(batch.nearest[k], kFromNearest);
  try_slot(batch.longest[k], kFromLongest);
}

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
    const int32_t cost =
        priced[m].price + c.ring.at(smaller(c.x + l, c.limit), c.segment);
    const int32_t shorter = priced[m].shorter_price +
                            c.ring.at(smaller(c.x + l - 1, c.limit), c.segment);
    if (cost < best.cost) best = {cost, make_choice(source, l)};
    if (shorter < best.cost) best = {shorter, make_choice(source, l - 1)};
  }
}

// Copies four values that lie on a boundary of their size.
template <class T>
GPU_ZSTD_FN void load4(const T* from, T* to) {
#if defined(__CUDACC__)
  if constexpr (sizeof(T) == 4) {
    *reinterpret_cast<uint4*>(to) = *reinterpret_cast<const uint4*>(from);
  } else {
    *reinterpret_cast<uint32_t*>(to) = *reinterpret_cast<const uint32_t*>(from);
  }
#else
  std::memcpy(to, from, 4 * sizeof(T));
#endif
}

GPU_ZSTD_FN void store4(const uint32_t* from, uint32_t* to) {
#if defined(__CUDACC__)
  *reinterpret_cast<uint4*>(to) = *reinterpret_cast<const uint4*>(from);
#else
  std::memcpy(to, from, 4 * sizeof(*to));
#endif
}

template <uint32_t kPreset>
GPU_ZSTD_FN void load_batch(const DpInput<kPreset>& in, uint32_t i,
                            DpBatch<kPreset>& batch) {
  load4(in.data + i, batch.bytes);
  load4(in.longest + i, batch.longest);
  if constexpr (kPresetTable[kPreset].slots > 1) {
    load4(in.nearest + i, batch.nearest);
  }
  load4(in.rep_lengths + i, batch.rep_lengths);
}

// The position being decided, and what is known of the one behind it.
struct DpState {
  int32_t next_cost;
  uint32_t run;  // literals from here to the next match
  int32_t step;  // what one more adds
};

// Decides the positions base + 4 * q + 3 .. base + 4 * q that lie before `end`;
// returns their choices, 16 bits each.
template <uint32_t kPreset, MatchLengths kLengths>
GPU_ZSTD_FN uint64_t decide_batch(const DpInput<kPreset>& in, CostRing ring,
                                  const DpBatch<kPreset>& batch,
                                  uint32_t column, uint32_t q, uint32_t end,
                                  DpState& state) {
  const PriceTable& prices = *in.prices;
  constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  constexpr bool kLight = kLengths == MatchLengths::kLight;
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
    const DpCursor cursor{ring, column, x, smaller(end, x + kDpRing - 1)};
    const uint32_t longer_run = smaller(state.run + 1, kPricedRun - 1);
    const int32_t longer_step = prices.run_steps[longer_run];
    BestChoice best{state.next_cost + literals[k] + state.step, 0};
    if constexpr (kLight) {
      PricedMatch priced[kDpMatches<kPreset>];
      price_light<kPreset>(prices, batch, k, priced);
      try_light<kPreset>(cursor, priced, best);
    } else {
      try_full<kPreset>(prices, cursor, batch, k, best);
    }
    ring.at(x, column) = static_cast<uint16_t>(best.cost);
    state.next_cost = best.cost;
    state.run = best.choice != 0 ? 0 : longer_run;
    state.step = best.choice != 0 ? first_step : longer_step;
    choices |= static_cast<uint64_t>(best.choice) << (16 * k);
  }
  return choices;
}

// Four choices at once, to a boundary of eight bytes.
GPU_ZSTD_FN void store_choices(uint64_t four, uint16_t* to) {
#if defined(__CUDACC__)
  *reinterpret_cast<uint2*>(to) = make_uint2(static_cast<uint32_t>(four),
                                             static_cast<uint32_t>(four >> 32));
#else
  std::memcpy(to, &four, sizeof(four));
#endif
}

// Choices of one segment. `choices` has room for whole batches.
template <uint32_t kPreset, MatchLengths kLengths>
GPU_ZSTD_FN void walk_segment(const DpInput<kPreset>& in, CostRing ring,
                              uint32_t column, uint32_t base,
                              uint16_t* choices) {
  constexpr uint32_t kReach = kDpSegment + kPresetTable[kPreset].window;
  constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  const uint32_t end = smaller(kReach, in.n - base);
  ring.at(end, column) = kCostBias;
  // The literals behind the last match have no length code.
  const uint32_t run = base + end == in.n ? kPricedRun - 1 : 0;
  DpState state{kCostBias, run, in.prices->run_steps[run]};
  DpBatch<kPreset> batch;
  uint32_t q = (end + kSize - 1) / kSize;
  load_batch(in, base + kSize * (q - 1), batch);
  while (q-- > 0) {
    DpBatch<kPreset> ahead;
    load_batch(in, base + kSize * (q > 0 ? q - 1 : 0), ahead);
    const uint64_t decided =
        decide_batch<kPreset, kLengths>(in, ring, batch, column, q, end, state);
    if (kSize * q < kDpSegment) {
      store_choices(decided, choices + base + kSize * q);
    }
    batch = ahead;
  }
}

}  // namespace gpu_zstd
