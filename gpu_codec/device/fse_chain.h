// The states of FSE streams, found in parallel and equal to the serial ones.
//
// An FSE state depends on all symbols before it. But after a symbol that owns f
// slots only f states are possible. So a stream is cut behind rare symbols:
//
//   symbols   a a b a a|x|a b a a a b|y|b a a a …      x owns 2 slots, y owns 1
//                       ^ candidates x0 x1  ^ candidate y0
//   runs      x0: a b a a a b y -> y0      every candidate of every cut is run
//             x1: a b a a a b y -> y0      by one thread as far as the next cut
//
// Each run maps a candidate to a candidate of the next cut; following these
// maps from the start, one look-up a cut, finds which candidates are true, and
// a second run from those leaves the states where they are wanted.
//
// A stream of n symbols has a window for each cut; the cut is the rarest symbol
// in it. A window whose rarest symbol has too many candidates makes no cut.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// One stream. Symbols stand in the order they are encoded, that is, the last
// one that a decoder sees comes first.
struct FseStream {
  const FseTable* table;
  uint8_t* symbols;
  uint32_t count;
  // entry_states[i] becomes the state before symbol i * kFseStateStride, for
  // all i > 0 for which there is such a symbol.
  uint16_t* entry_states;
};

template <uint32_t kStreams>
struct FseChainShared {
  static constexpr uint32_t kCuts = kStreams * kMaxFseCuts;
  uint32_t rarest[kCuts];         // slots << 16 | place in its window
  uint32_t first_run[kCuts + 1];  // a cut's candidates are neighbouring runs
  uint8_t reached[kStreams * kMaxFseRuns];  // each run's candidate at its end
  uint8_t true_run[kCuts];
  uint32_t final_state[kStreams];
};

GPU_ZSTD_HOST_FN uint32_t fse_window(uint32_t count) {
  const uint32_t even = (count + kMaxFseCuts - 1) / kMaxFseCuts;
  return even < kFseWindow ? kFseWindow : even;
}

GPU_ZSTD_HOST_FN uint32_t fse_windows(uint32_t count) {
  return (count + fse_window(count) - 1) / fse_window(count);
}

// Most candidates at which a cut pays, for a stream of `count` symbols.
GPU_ZSTD_HOST_FN uint32_t max_fse_candidates(uint32_t count) {
  const uint32_t share = kMaxFseRuns / fse_windows(count);
  return share < kMaxFseCandidates ? share : kMaxFseCandidates;
}

// Finds the cuts of all streams; returns the number of runs.
template <class Exec, uint32_t kStreams>
GPU_ZSTD_FN uint32_t find_cuts(Exec& x, FseChainShared<kStreams>& s,
                               const FseStream* streams) {
  constexpr uint32_t kCuts = FseChainShared<kStreams>::kCuts;
  x.for_each(kCuts, [&](uint32_t i) { s.rarest[i] = ~0u; });
  for (uint32_t c = 0; c < kStreams; ++c) {
    const FseStream& stream = streams[c];
    const uint32_t window = fse_window(stream.count);
    x.for_each(stream.count, [&](uint32_t t) {
      const uint32_t w = t / window;
      const uint32_t slots = stream.table->slots[stream.symbols[t]];
      // The stream's first symbol is a cut with one candidate.
      if (w > 0 || t == 0) {
        x.min(&s.rarest[c * kMaxFseCuts + w],
              (w > 0 ? slots : 1) << 16 | (t - w * window));
      }
    });
  }
  x.for_each(kCuts, [&](uint32_t i) {
    const FseStream& stream = streams[i / kMaxFseCuts];
    const uint32_t slots = s.rarest[i] >> 16;
    const bool exists = s.rarest[i] != ~0u;
    const bool cut = exists && (i % kMaxFseCuts == 0 ||
                                slots <= max_fse_candidates(stream.count));
    s.first_run[i] = cut ? slots : 0;
  });
  return prefix_sum_array(x, s.first_run, kCuts);
}

// The place in its stream of cut `i`.
template <uint32_t kStreams>
GPU_ZSTD_FN uint32_t cut_place(const FseChainShared<kStreams>& s,
                               const FseStream* streams, uint32_t i) {
  const uint32_t window = fse_window(streams[i / kMaxFseCuts].count);
  return i % kMaxFseCuts * window + (s.rarest[i] & 0xFFFF);
}

// The next cut of the same stream, or the end of the stream's part of the
// array.
template <uint32_t kStreams>
GPU_ZSTD_FN uint32_t next_cut(const FseChainShared<kStreams>& s, uint32_t i) {
  const uint32_t end = (i / kMaxFseCuts + 1) * kMaxFseCuts;
  for (++i; i < end && s.first_run[i] == s.first_run[i + 1];) ++i;
  return i;
}

// The state behind cut `i` when its candidate `k` is true.
GPU_ZSTD_FN uint32_t candidate_state(const FseStream& stream, uint32_t place,
                                     uint32_t k) {
  const uint32_t symbol = stream.symbols[place];
  const int32_t slots = stream.table->slots[symbol];
  return stream.table->next_state[slots + static_cast<int32_t>(k) +
                                  stream.table->symbols[symbol].delta_state];
}

// Runs one candidate to the next cut.
template <uint32_t kStreams>
GPU_ZSTD_FN void run_candidate(FseChainShared<kStreams>& s,
                               const FseStream* streams, uint32_t run) {
  // The last cut whose first run is not above `run` is the one that has it:
  // those without candidates share their successor's first run.
  uint32_t low = 0;
  uint32_t high = FseChainShared<kStreams>::kCuts;
  while (high - low > 1) {
    const uint32_t middle = (low + high) / 2;
    if (s.first_run[middle] <= run) {
      low = middle;
    } else {
      high = middle;
    }
  }
  const uint32_t next = next_cut(s, low);
  if (next % kMaxFseCuts == 0) return;  // the stream's last run leads nowhere
  const FseStream& stream = streams[low / kMaxFseCuts];
  const FseTable& table = *stream.table;
  const uint32_t place = cut_place(s, streams, low);
  const uint32_t end = cut_place(s, streams, next);
  uint32_t state = candidate_state(stream, place, run - s.first_run[low]);
  for (uint32_t t = place + 1; t < end; ++t) {
    encode_fse_symbol(table, table.symbols[stream.symbols[t]], &state);
  }
  const uint32_t symbol = stream.symbols[end];
  const uint32_t bits = (state + table.symbols[symbol].delta_bits) >> 16;
  s.reached[run] = static_cast<uint8_t>((state >> bits) - table.slots[symbol]);
}

// Follows the true candidates of one stream from cut to cut.
template <uint32_t kStreams>
GPU_ZSTD_FN void follow_runs(FseChainShared<kStreams>& s, uint32_t stream) {
  const uint32_t end = (stream + 1) * kMaxFseCuts;
  uint32_t cut = stream * kMaxFseCuts;
  s.true_run[cut] = 0;
  for (;;) {
    const uint32_t next = next_cut(s, cut);
    if (next == end) return;
    s.true_run[next] = s.reached[s.first_run[cut] + s.true_run[cut]];
    cut = next;
  }
}

// Runs from cut `i`, now known, and leaves the wanted states.
template <uint32_t kStreams>
GPU_ZSTD_FN void leave_states(FseChainShared<kStreams>& s,
                              const FseStream* streams, uint32_t i) {
  if (s.first_run[i] == s.first_run[i + 1]) return;
  const uint32_t next = next_cut(s, i);
  const bool last = next % kMaxFseCuts == 0;
  const FseStream& stream = streams[i / kMaxFseCuts];
  const FseTable& table = *stream.table;
  const uint32_t place = cut_place(s, streams, i);
  const uint32_t end = last ? stream.count : cut_place(s, streams, next) + 1;
  uint32_t state = candidate_state(stream, place, s.true_run[i]);
  for (uint32_t t = place + 1; t < end; ++t) {
    if (t % kFseStateStride == 0) {
      stream.entry_states[t / kFseStateStride] = static_cast<uint16_t>(state);
    }
    encode_fse_symbol(table, table.symbols[stream.symbols[t]], &state);
  }
  if (last) s.final_state[i / kMaxFseCuts] = state;
}

// Finds the states of all streams; each has at least one symbol.
template <class Exec, uint32_t kStreams>
GPU_ZSTD_FN void find_fse_states(Exec& x, FseChainShared<kStreams>& s,
                                 const FseStream* streams) {
  const uint32_t runs = find_cuts(x, s, streams);
  x.for_each(runs, [&](uint32_t run) { run_candidate(s, streams, run); });
  x.for_each(kStreams, [&](uint32_t c) { follow_runs(s, c); });
  x.for_each(FseChainShared<kStreams>::kCuts,
             [&](uint32_t i) { leave_states(s, streams, i); });
}

}  // namespace gpu_zstd
