// What the backward DP knows of the way on from each position: a ring of costs
// for each segment that is walked, and what a pass found for the next one.
//
//   row        0 ....... 63    of the ring of a segment's column
//   before     64 ..... 127    the positions behind the segment
//   after       0 ....... 63    its own
//
// A pass begins with what the last one found for the segment behind, so that
// good choices of far lengths come one segment nearer with each pass. The first
// one takes all to cost the average.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// What the walks of segments keep in fast memory, `columns` segments side by
// side.
struct DpMemory {
  uint16_t* costs;  // the rings
  int32_t* ways;    // walk_full.h
  uint32_t columns;
  uint16_t* kept;  // the rings between passes, at walk_place(); not used by
                   // presets of one pass
};

// Added to costs in 16 bits, which may be below the average.
inline constexpr int32_t kCostBias = 32768;

// A biased cost in 16 bits, the nearest if it does not fit.
GPU_ZSTD_FN uint32_t ring_cost(int32_t cost) {
  const int32_t most = cost < 65535 ? cost : 65535;
  return static_cast<uint32_t>(most > 0 ? most : 0);
}

// Lengths whose ways are kept.
GPU_ZSTD_HOST_FN constexpr uint32_t dp_way_rows(MatchLengths lengths) {
  return lengths == MatchLengths::kFull ? kShortLengths : 0;
}

// Segments walked side by side in a block of up to `n` bytes, a power of two.
GPU_ZSTD_HOST_FN constexpr uint32_t ring_columns(uint32_t n) {
  const uint32_t segments = (n + kDpSegment - 1) / kDpSegment;
  uint32_t columns = 32;
  while (columns < segments && columns < 512) columns *= 2;
  return columns;
}

// The four costs from row `row` on behind a segment, of the next one, which
// begins at `next`; they are counted from that of its first position. No length
// leads to the last row: there is the run (DpCosts::note_run()).
template <uint32_t kPreset>
GPU_ZSTD_FN void costs_behind(const uint16_t* kept, uint32_t next, uint32_t row,
                              uint32_t segments, uint32_t (&costs)[4]) {
  const int32_t origin = kept[walk_place<kPreset>(next, segments)];
  const uint64_t four =
      load_halves(kept + walk_place<kPreset>(next + row, segments));
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < 4; ++k) {
    const int32_t cost = static_cast<int32_t>(half_of(four, k));
    costs[k] = ring_cost(cost - origin + kCostBias);
  }
  if (row + 4 == kDpSegment) costs[3] = half_of(four, 3);
}

// Calls each(column, row, segment) for every fourth row of the rings of the
// segments from `first` on, neighbouring threads with neighbouring columns.
template <class Exec, class Each>
GPU_ZSTD_FN void for_ring_rows(Exec& x, uint32_t columns, uint32_t first,
                               Each each) {
  x.for_each(columns * (kDpRing / 4), [&](uint32_t i) {
    const uint32_t column = i & (columns - 1);
    each(column, i / columns * 4, first + column);
  });
}

// Fills the rings for the walks of the segments from `first` on, one a column,
// of a block of `n` bytes; `known`: with what the last pass kept, else with the
// average, as behind the block. `segments` as in DpInput.
template <uint32_t kPreset, class Exec>
GPU_ZSTD_FN void begin_costs(Exec& x, const DpMemory& memory, uint32_t n,
                             uint32_t first, uint32_t segments, bool known) {
  const uint32_t columns = memory.columns;
  for_ring_rows(
      x, columns, first, [&](uint32_t column, uint32_t row, uint32_t segment) {
        const uint32_t next = (segment + 1) * kDpSegment;
        uint32_t costs[4] = {kCostBias, kCostBias, kCostBias, kCostBias};
        if (kPresetTable[kPreset].passes > 1 && known && next < n) {
          costs_behind<kPreset>(memory.kept, next, row, segments, costs);
        }
        GPU_ZSTD_UNROLL
        for (uint32_t k = 0; k < 4; ++k) {
          memory.costs[(row + k) * columns + column] =
              static_cast<uint16_t>(costs[k]);
        }
      });
}

// Keeps the rings for the next pass.
template <uint32_t kPreset, class Exec>
GPU_ZSTD_FN void keep_costs(Exec& x, const DpMemory& memory, uint32_t n,
                            uint32_t first, uint32_t segments) {
  const uint32_t columns = memory.columns;
  for_ring_rows(
      x, columns, first, [&](uint32_t column, uint32_t row, uint32_t segment) {
        if (segment * kDpSegment >= n) return;
        uint64_t four = 0;
        GPU_ZSTD_UNROLL
        for (uint32_t k = 0; k < 4; ++k) {
          const uint64_t cost = memory.costs[(row + k) * columns + column];
          four |= cost << (16 * k);
        }
        const uint32_t i = segment * kDpSegment + row;
        store_halves(four, memory.kept + walk_place<kPreset>(i, segments));
      });
}

// The costs of one segment's positions and of those behind.
template <uint32_t kPreset>
class DpCosts {
 public:
  GPU_ZSTD_FN DpCosts(const DpMemory& memory, uint32_t column)
      : costs_(memory.costs), columns_(memory.columns), column_(column) {}

  // Position x's cost. (Columns are a power of two, so that nothing is carried;
  // as bytes, an address is one shift and one operation with three inputs.)
  GPU_ZSTD_FN uint16_t& at(uint32_t x) const {
    constexpr uint32_t kBytes = sizeof(uint16_t);
    const uint32_t row = x * (kBytes * columns_);
    const uint32_t byte =
        (row & ((kDpRing - 1) * kBytes * columns_)) | kBytes * column_;
    return *reinterpret_cast<uint16_t*>(reinterpret_cast<uint8_t*>(costs_) +
                                        byte);
  }

  // That of position k of the batch at x.
  GPU_ZSTD_FN uint16_t& at(uint32_t x, uint32_t k) const {
    return (&at(x))[k * columns_];
  }

  // The cost `length` beyond position x, as far as costs are kept.
  GPU_ZSTD_FN int32_t beyond(uint32_t x, uint32_t length) const {
    return at(x + smaller(length, kDpRing - 1));
  }

  // The last row: before the walk the literals that the segment behind begins
  // with, noted after its walk.
  GPU_ZSTD_FN uint32_t run_behind() const {
    return static_cast<uint32_t>(at(kDpRing - 1) - kCostBias);
  }
  GPU_ZSTD_FN void note_run(uint32_t run) const {
    at(kDpRing - 1) = static_cast<uint16_t>(run + kCostBias);
  }

 private:
  uint16_t* costs_;
  uint32_t columns_;
  uint32_t column_;
};
static_assert(kDpRing == kDpSegment);

}  // namespace gpu_zstd
