// The memory that the front half of the encoder works on.
#pragma once

#include <cstdint>

#include "gpu_codec/device/dp_costs.h"
#include "gpu_codec/device/emit.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/long_table.h"
#include "gpu_codec/device/mark_taken.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/optimal.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/period.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/rep_lengths.h"
#include "gpu_codec/params.h"
#if defined(__CUDACC__)
#include "gpu_codec/device/lazy_search_cuda.cuh"
#include "gpu_codec/device/run_lengths_cuda.cuh"
#endif

namespace gpu_zstd {

// The memory of one block's front half. `n` positions.
template <uint32_t kPreset, class Index>
struct Lz77Memory {
  static constexpr Preset kP = kPresetTable[kPreset];
  using RepWord = typename RepLengths<kP.reps>::Word;

  const uint8_t* data;  // padded, see grams.h
  uint32_t n;
  GramTable table;
  LongTable long_table;    // of the lazy parse, in layouts for large blocks
  bool lane_order;         // see insert_cuda.cuh
  Index* previous;         // n, and room for whole rows; lazy: then offsets
  Index* second_previous;  // of a second table, if it has two sections
  uint8_t* lengths;        // likewise, of the lazy parse only
  // n candidate words each: of the position itself, and with those of its
  // neighbours at walk_place(). `nearest` with two slots only.
  uint32_t* nearest[2];
  uint32_t* longest[2];
  RepWord* rep_lengths;  // n, see walk_place()
  uint32_t segments;     // there is room for
  uint16_t* choices;     // n
  ParseScratch parse;    // may lie over `walk`
  DpMemory walk;
#if defined(__CUDACC__)
  RunScratch* runs;   // one a warp; may lie over `walk`
  TailQueue* queues;  // one a warp, of the lazy search
  LazyRow* rows;      // likewise, of medium blocks
#endif
  MatchList lists[2];
  PriceShared* prices;
  PriceTable* price_table;
  PeriodShared* period;
  EmitShared* emit;
  SequenceOutput out;
};

}  // namespace gpu_zstd
