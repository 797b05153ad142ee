// The states of the Huffman weights' streams, found in parallel: their tables
// have so few states that every stretch is run from each of them. Which is true
// is then found by one look-up a stretch, and that one is run once more.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_run.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/format.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

inline constexpr uint32_t kWeightStreams = 2;
inline constexpr uint32_t kMaxWeightsPerStream = 128;

struct WeightChain {
  static constexpr uint32_t kStretches =
      kMaxWeightsPerStream >> kWeightStretchLog;
  static constexpr uint32_t kSlots = 1u << kMaxHuffmanWeightLog;

  // The slot a stretch leads to from each slot.
  uint8_t reached[kWeightStreams][kStretches][kSlots];
  uint16_t states[kWeightStreams][kStretches];  // true ones before stretches
  uint32_t final_state[kWeightStreams];
};

// A part of a stream.
struct WeightStretch {
  uint32_t begin;  // its first symbol that is encoded
  uint32_t end;    // no more than `begin` if it is none

  GPU_ZSTD_FN WeightStretch(const FseStream& stream, uint32_t stretch) {
    begin = stretch == 0 ? 1 : stretch << kWeightStretchLog;
    const uint32_t next = (stretch + 1) << kWeightStretchLog;
    end = next < stream.count ? next : stream.count;
  }
};

// Runs a stretch of stream `c` from four slots.
GPU_ZSTD_FN void run_weights(WeightChain& s, const FseTable& table,
                             const FseStream& stream, uint32_t c,
                             uint32_t stretch, uint32_t slot) {
  const WeightStretch part(stream, stretch);
  if (part.begin >= part.end) return;  // of an empty stream there is no table
  const uint32_t size = 1u << table.log;
  if (slot >= size) return;
  uint32_t states[kFseTask];
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kFseTask; ++i) states[i] = size + slot + i;
  run_fse(
      table, stream, part.begin, part.end, states, [](uint32_t) {},
      [](uint32_t, uint32_t, uint32_t) {});
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kFseTask; ++i) {
    s.reached[c][stretch][slot + i] = static_cast<uint8_t>(states[i] - size);
  }
}

// Follows the true states of stream `c`.
GPU_ZSTD_FN void follow_weights(WeightChain& s, const FseTable& table,
                                const FseStream& stream, uint32_t c) {
  if (stream.count == 0) return;
  const uint32_t size = 1u << table.log;
  uint32_t state = first_state(table, stream.fields[0]);
  GPU_ZSTD_NO_UNROLL
  for (uint32_t i = 0; i << kWeightStretchLog < stream.count; ++i) {
    s.states[c][i] = static_cast<uint16_t>(state);
    // One symbol is no stretch.
    if (stream.count > 1) state = size + s.reached[c][i][state - size];
  }
  s.final_state[c] = state;
}

// Finds the states of the weights' streams, which share a table, and with them
// what is written. A stream may be empty; then it has no final state.
template <class Exec>
GPU_ZSTD_FN void encode_weight_streams(Exec& x, WeightChain& s,
                                       const FseTable& table,
                                       const FseStream* streams) {
  constexpr uint32_t kStretches = WeightChain::kStretches;
  constexpr uint32_t kTasks = WeightChain::kSlots / kFseTask;  // of a stretch
  x.for_each(kWeightStreams * kStretches * kTasks, [&](uint32_t i) {
    const uint32_t c = i / (kStretches * kTasks);
    run_weights(s, table, streams[c], c, i / kTasks % kStretches,
                kFseTask * (i % kTasks));
  });
  x.for_each(kWeightStreams,
             [&](uint32_t c) { follow_weights(s, table, streams[c], c); });
  x.for_each(kWeightStreams * kStretches, [&](uint32_t i) {
    const uint32_t c = i / kStretches;
    const FseStream stream = streams[c];
    const WeightStretch part(stream, i % kStretches);
    replace_fields(table, stream, part.begin, part.end,
                   s.states[c][i % kStretches]);
    if (i % kStretches == 0 && stream.count > 0) stream.fields[0] = 0;
  });
}

}  // namespace gpu_zstd
