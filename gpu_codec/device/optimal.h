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

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/rep_lengths.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// What the walks of segments keep in fast memory, `columns` segments side by
// side.
struct DpMemory {
  uint16_t* costs;  // of the last positions; biased, so that they stay positive
  int32_t* ways;    // walk_full.h
  uint32_t columns;
};
inline constexpr int32_t kCostBias = 16384;

// Lengths whose ways are kept.
GPU_ZSTD_HOST_FN constexpr uint32_t dp_way_rows(MatchLengths lengths) {
  return lengths == MatchLengths::kFull ? kShortLengths : 0;
}

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
  uint32_t segments;  // these three have room for; see walk_place()
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

// The position being decided, and what is known of the one behind it.
struct DpState {
  int32_t next_cost;
  uint32_t run;  // literals from here to the next match
  int32_t step;  // what one more adds
};

// The state behind the last position, base + end, of a walk.
template <uint32_t kPreset>
GPU_ZSTD_FN DpState first_state(const DpInput<kPreset>& in, uint32_t base,
                                uint32_t end) {
  // The literals behind the last match have no length code.
  const uint32_t run = base + end == in.n ? kPricedRun - 1 : 0;
  return {kCostBias, run, in.prices->run_steps[run]};
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

}  // namespace gpu_zstd
