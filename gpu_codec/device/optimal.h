// Backward dynamic programming: at each position the cheapest way on.
//
//   segment    |<---- 64 positions ---->|<- window ->|
//   direction                   <--------------------   one thread a segment
//   V[x] = min(literal + V[x+1], match + V[x+length], ...)
//
// A thread knows nothing of what others do in the same pass: in the first one
// it starts a window beyond its segment, where every position costs the
// average, later right behind it, with the costs that the last pass found there
// (dp_costs.h). The choice at a position then says how to go on from there, and
// the parse follows the choices from position 0.
#pragma once

#include <cstdint>

#include "gpu_codec/device/dp_costs.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/rep_lengths.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/ways.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Inputs of the DP.
template <uint32_t kPreset>
struct DpInput {
  using RepWord = typename RepLengths<kPresetTable[kPreset].reps>::Word;

  const uint8_t* data;
  uint32_t n;
  const uint32_t* nearest;  // candidate words; not used with one slot
  const uint32_t* longest;
  const RepWord* rep_lengths;
  uint32_t segments;  // these three have room for; see walk_place()
  uint32_t window;    // positions walked beyond a segment
  const PriceTable* prices;
};

// What the DP reads of four neighbouring positions.
template <uint32_t kPreset>
struct DpBatch {
  static constexpr uint32_t kSize = 4;
  using RepWord = typename DpInput<kPreset>::RepWord;

  alignas(4) uint8_t bytes[kSize];  // of light walks only
  alignas(16) uint32_t nearest[kSize];
  alignas(16) uint32_t longest[kSize];
  alignas(kSize * sizeof(RepWord)) RepWord rep_lengths[kSize];
};

template <uint32_t kPreset>
GPU_ZSTD_FN void load_batch(const DpInput<kPreset>& in, uint32_t i,
                            DpBatch<kPreset>& batch) {
  if constexpr (kPresetTable[kPreset].lengths == MatchLengths::kLight) {
    load4(in.data + i, batch.bytes);
  }
  const uint32_t place = walk_place<kPreset>(i, in.segments);
  load4(in.longest + place, batch.longest);
  if constexpr (kPresetTable[kPreset].slots > 1) {
    load4(in.nearest + place, batch.nearest);
  }
  load4(in.rep_lengths + place, batch.rep_lengths);
}

// Brings what load_batch() will read near.
template <uint32_t kPreset>
GPU_ZSTD_FN void prefetch_batch(const DpInput<kPreset>& in, uint32_t i) {
  const uint32_t place = walk_place<kPreset>(i, in.segments);
  prefetch(in.longest + place);
  if constexpr (kPresetTable[kPreset].slots > 1) prefetch(in.nearest + place);
  prefetch(in.rep_lengths + place);
}

// The walk of one segment. `Matches` finds a position's cheapest way by a match
// (walk_full.h, walk_light.h), which is to know no costs but those behind the
// position's batch, unless it is the batch's first one:
//
//   batch      x     x + 1   x + 2   x + 3
//   matches   last           first              overlap, for their loads to
//   choices      <-      <-      <-      <-     one after the other
template <uint32_t kPreset, class Matches>
class DpWalk {
  static constexpr uint32_t kSize = DpBatch<kPreset>::kSize;
  // Full walks have no registers for the next batch while one is decided.
  static constexpr bool kLoadsAhead =
      kPresetTable[kPreset].lengths == MatchLengths::kLight;

 public:
  GPU_ZSTD_FN DpWalk(const DpInput<kPreset>& in, const DpMemory& memory,
                     uint32_t column, uint32_t base)
      : in_(in),
        costs_(memory, column),
        base_(base),
        end_(smaller(kDpSegment + in.window, in.n - base)),
        matches_(memory, column, costs_, end_),
        next_cost_(make_way(costs_.at(end_), 0)) {
    // The literals behind the block's last match have no length code.
    run_ = base + end_ == in.n ? kPricedRun - 1 : costs_.run_behind();
    step_ = in.prices->run_steps[run_];
  }

  // Fills the segment's choices; there is room for whole batches.
  GPU_ZSTD_FN void run(uint16_t* choices) {
    uint32_t q = (end_ + kSize - 1) / kSize;
    DpBatch<kPreset> ahead;
    if constexpr (kLoadsAhead) load_batch(in_, base_ + kSize * (q - 1), ahead);
    while (q-- > 0) {
      DpBatch<kPreset> batch;
      if constexpr (kLoadsAhead) {
        batch = ahead;
        load_batch(in_, base_ + kSize * (q > 0 ? q - 1 : 0), ahead);
      } else {
        load_batch(in_, base_ + kSize * q, batch);
        if (q > 0) prefetch_batch(in_, base_ + kSize * (q - 1));
      }
      const uint64_t decided = decide_batch(batch, kSize * q);
      if (kSize * q < kDpSegment) {
        store_halves(decided, choices + choice_place(base_ + kSize * q));
      }
    }
    if (kPresetTable[kPreset].passes > 1) costs_.note_run(run_);
  }

 private:
  // Decides positions x + 3 .. x; returns their choices, 16 bits each.
  GPU_ZSTD_FN uint64_t decide_batch(const DpBatch<kPreset>& batch, uint32_t x) {
    const PriceTable& prices = *in_.prices;
    int32_t ways[kSize];
    int32_t literals[kSize];
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSize; k-- > 0;) {
      literals[k] = matches_.literal(prices, batch, k);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSize; k-- > 1;) {
      ways[k] = matches_.cheapest(prices, costs_, batch, k, x + k);
    }
    uint64_t choices = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSize; k-- > 0;) {
      const int32_t way = take(ways[k], literals[k], x, k);
      matches_.note(k, next_cost_);
      choices |= static_cast<uint64_t>(Matches::choice_of(way)) << (16 * k);
      if (k == kSize - 1) {
        ways[0] = matches_.cheapest(prices, costs_, batch, 0, x);
      }
    }
    matches_.end_batch();
    return choices;
  }

  // Decides between a literal and the way by a match at position x + k, and
  // goes on to the one before it. Behind the block's end there is nothing to
  // pay; a batch begins before it.
  GPU_ZSTD_FN int32_t take(int32_t match, int32_t literal, uint32_t x,
                           uint32_t k) {
    const uint32_t longer_run = smaller(run_ + 1, kPricedRun - 1);
    const int32_t longer_step = in_.prices->run_steps[longer_run];
    const int32_t first_step = in_.prices->run_steps[0];
    const int32_t by_literal = next_cost_ + make_way(literal, 0) + step_;
    const int32_t best = by_literal < match ? by_literal : match;
    const bool inside = k == 0 || x + k < end_;
    const int32_t way = inside ? best : make_way(kCostBias, 0);
    next_cost_ = way & ~static_cast<int32_t>(kWayCodes);
    costs_.at(x, k) = static_cast<uint16_t>(ring_cost(way >> kWayBits));
    const bool is_literal = way == next_cost_;
    run_ = is_literal ? longer_run : 0;
    step_ = is_literal ? longer_step : first_step;
    return way;
  }

  const DpInput<kPreset> in_;
  DpCosts<kPreset> costs_;
  uint32_t base_;
  uint32_t end_;  // behind the last position that is walked
  Matches matches_;
  int32_t next_cost_;  // of the position behind, as a way
  uint32_t run_;       // literals from there to the next match
  int32_t step_;       // what one more adds, as a way
};

}  // namespace gpu_zstd
