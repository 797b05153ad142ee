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
template <MatchLengths kLengths>
GPU_ZSTD_FN void try_lengths(const DpCursor& c, const PriceTable& prices,
                             int32_t offset_price, uint32_t length,
                             uint32_t covered, uint32_t source,
                             BestChoice& best) {
  if (length <= covered) return;
  uint32_t shortest = covered + 1;
  if constexpr (kLengths == MatchLengths::kLight) {
    shortest = length - 1 > covered ? length - 1 : length;
  } else if (length >= 16 && length - 3 > covered) {
    shortest = length - 3;
  }
  for (uint32_t l = length; l >= shortest; --l) {
    try_match(c, prices, offset_price, l, source, best);
  }
}

template <uint32_t kPreset, MatchLengths kLengths>
GPU_ZSTD_FN void try_matches(const DpInput<kPreset>& in, const DpCursor& c,
                             uint32_t i, BestChoice& best) {
  constexpr Preset kP = kPresetTable[kPreset];
  const PriceTable& prices = *in.prices;
  const uint32_t rep_lengths = in.rep_lengths[i];
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kP.reps; ++r) {
    const uint32_t length = (rep_lengths >> (8 * r)) & 255u;
    if (length >= kMinMatch) {
      try_lengths<kLengths>(c, prices, prices.offsets[r == 0 ? 0 : 1], length,
                            kMinMatch - 1, kFromRep0 + r, best);
    }
  }
  uint32_t covered = kP.min_match - 1;
  const auto try_slot = [&](uint32_t word, uint32_t source) {
    if (word == 0) return;
    const uint32_t offset = candidate_offset(word);
    try_lengths<kLengths>(c, prices,
                          prices.offsets[offset_code(offset + kRepcodes)],
                          candidate_length(word), covered, source, best);
    if (candidate_length(word) > covered) covered = candidate_length(word);
  };
  if constexpr (kP.slots > 1) try_slot(in.nearest[i], kFromNearest);
  try_slot(in.longest[i], kFromLongest);
}

// Choices of one segment.
template <uint32_t kPreset, MatchLengths kLengths>
GPU_ZSTD_FN void walk_segment(const DpInput<kPreset>& in, CostRing ring,
                              uint32_t column, uint32_t base,
                              uint16_t* choices) {
  constexpr uint32_t kReach = kDpSegment + kPresetTable[kPreset].window;
  const uint32_t own = smaller(kDpSegment, in.n - base);
  const uint32_t end = smaller(kReach, in.n - base);
  const PriceTable& prices = *in.prices;
  ring.at(end, column) = kCostBias;
  int32_t next_cost = kCostBias;
  // The literals behind the last match have no length code.
  uint32_t run = base + end == in.n ? kPricedRun - 1 : 0;
  for (uint32_t x = end; x-- > 0;) {
    const uint32_t i = base + x;
    const DpCursor cursor{ring, column, x, smaller(end, x + kDpRing - 1)};
    BestChoice best{
        next_cost + prices.literals[in.data[i]] + prices.run_steps[run], 0};
    try_matches<kPreset, kLengths>(in, cursor, i, best);
    ring.at(x, column) = static_cast<uint16_t>(best.cost);
    next_cost = best.cost;
    run = best.choice != 0 ? 0 : smaller(run + 1, kPricedRun - 1);
    if (x < own) choices[i] = static_cast<uint16_t>(best.choice);
  }
}

}  // namespace gpu_zstd
