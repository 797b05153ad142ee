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
// Each run maps a candidate to a candidate of the next cut and leaves a mark:
// its state where the cut's window ends. Following the maps from the start, one
// look-up a cut, finds which candidates are true, and with them the states at
// the marks. From there every stretch between marks is run once more to leave
// the states where they are wanted.
//
// A long run from the stream's first symbol, whose state is known, leaves them
// at once.
//
// A stream is divided into windows, with a cut at the rarest symbol of each. A
// window whose rarest symbol has too many candidates makes no cut.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_cuts.h"
#include "gpu_codec/device/fse_run.h"
#include "gpu_codec/device/fse_table.h"

namespace gpu_zstd {

// The state behind a cut at `place` when its candidate `k` is true.
GPU_ZSTD_FN uint32_t candidate_state(const FseTable& table, uint32_t symbol,
                                     uint32_t k) {
  return table.next_state[table.slots[symbol] + static_cast<int32_t>(k) +
                          table.symbols[symbol].delta_state()];
}

// Where the window of a cut at `place` ends.
GPU_ZSTD_FN uint32_t window_end(const FseDivision& division, uint32_t place) {
  return ((place >> division.window_log) + 1) << division.window_log;
}

// Where the fields of a long first run end that are left by it. Behind them
// lies the quad of the next cut at `end`, which other runs read.
GPU_ZSTD_FN uint32_t first_run_end(uint32_t end) {
  return (end - 1) / kFieldQuad * kFieldQuad;
}

// Where the run of a cut ends: at the next one, or with the stream.
template <class Shared>
GPU_ZSTD_FN uint32_t run_end(const Shared& s, const FseDivision& division,
                             const FseStream& stream, uint32_t cut) {
  const bool last = cut + 1 == division.last_cut;
  return last ? stream.count : s.places[cut + 1] & kPlaceMask;
}

// Whether the run of a stream's first cut, its first symbol, leaves its fields
// at once, its state being known. Where other symbols are so rare that there is
// no other cut it is all of the stream, and too long to be gone through twice;
// short ones had better do what a warp's other lanes do.
template <class Shared>
GPU_ZSTD_FN bool is_first_run_long(const Shared& s, const FseDivision& division,
                                   const FseStream& stream) {
  constexpr uint32_t kWindows = 4;
  return run_end(s, division, stream, division.first_cut) >
         kWindows << division.window_log;
}

// The run of a stream's first cut where it is long.
template <class Shared>
GPU_ZSTD_FN void run_first(Shared& s, const FseTable& table,
                           const FseStream& stream, uint32_t c, uint32_t task) {
  const uint32_t cut = s.cuts[task];
  const uint32_t end = run_end(s, s.divisions[c], stream, cut);
  const uint32_t left = first_run_end(end);
  const uint32_t symbol = stream.fields[end < stream.count ? end : 0];
  uint32_t states[1] = {first_state(table, stream.fields[0])};
  stream.fields[0] = 0;
  states[0] = replace_fields(table, stream, 1, left, states[0]);
  s.marks[kFseTask * task] = static_cast<uint16_t>(states[0]);
  run_fse(
      table, stream, left, end, states, [](uint32_t) {},
      [](uint32_t, uint32_t, uint32_t) {});
  const uint32_t bits = table.symbols[symbol].bits_from(states[0]);
  const uint32_t reached =
      end < stream.count ? (states[0] >> bits) - table.slots[symbol] : 0;
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kFseTask; ++i) {
    s.reached[kFseTask * task + i] = static_cast<uint8_t>(reached);
  }
}

// Runs candidates of one cut to the next one, or to the stream's end.
template <class Shared>
GPU_ZSTD_FN void run_candidates(Shared& s, const FseTable* tables,
                                const FseStream* streams, uint32_t task) {
  const uint32_t cut = s.cuts[task];
  const uint32_t c = s.places[cut] >> kPlaceBits;
  const FseDivision& division = s.divisions[c];
  const FseStream stream = streams[c];
  const FseTable& table = tables[stream.table];
  if (cut == division.first_cut && is_first_run_long(s, division, stream)) {
    run_first(s, table, stream, c, task);
    return;
  }
  const uint32_t place = s.places[cut] & kPlaceMask;
  const bool last = cut + 1 == division.last_cut;
  const uint32_t end = run_end(s, division, stream, cut);
  const uint32_t first = kFseTask * (task - s.first_task[cut]);
  const uint32_t marked = window_end(division, place);
  uint32_t states[kFseTask];
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kFseTask; ++i) {  // behind the last: it once more
    const uint32_t k = first + i;
    const uint32_t most = s.last_candidate[cut];
    states[i] =
        candidate_state(table, stream.fields[place], k < most ? k : most);
  }
  const auto mark = [&](uint32_t t) {
    if (t != marked) return;
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFseTask; ++i) {
      s.marks[kFseTask * task + i] = static_cast<uint16_t>(states[i]);
    }
  };
  run_fse(table, stream, place + 1, end, states, mark,
          [](uint32_t, uint32_t, uint32_t) {});
  mark(end);
  const uint32_t symbol = last ? stream.fields[place] : stream.fields[end];
  GPU_ZSTD_UNROLL
  for (uint32_t i = 0; i < kFseTask; ++i) {
    const uint32_t bits = table.symbols[symbol].bits_from(states[i]);
    const uint32_t reached = (states[i] >> bits) - table.slots[symbol];
    s.reached[kFseTask * task + i] = static_cast<uint8_t>(last ? 0 : reached);
  }
}

// The candidate that `run` leads to two cuts on. From a stream's last cut that
// is none of its own, and does not matter.
template <class Shared>
GPU_ZSTD_FN void double_run(Shared& s, uint32_t run, uint32_t cuts) {
  const uint32_t next = s.cuts[run / kFseTask] + 1;
  const uint32_t k = s.reached[run];
  s.reached_next[run] = next < cuts ? s.reached[s.first_run(next) + k] : 0;
}

// Follows the true candidates of one stream, two cuts at a time.
template <class Shared>
GPU_ZSTD_FN void follow_runs(Shared& s, uint32_t c) {
  const uint32_t last = s.divisions[c].last_cut;
  uint32_t k = 0;
  uint32_t cut = s.divisions[c].first_cut;
  if (cut == last) return;
  uint32_t first_run = s.first_run(cut);
  GPU_ZSTD_NO_UNROLL
  for (; cut < last; cut += 2) {
    const uint32_t run = first_run + k;
    if (cut + 2 < last) first_run = s.first_run(cut + 2);
    s.true_candidates[cut] = static_cast<uint8_t>(k);
    k = s.reached_next[run];
  }
}

// The run of cut number `cut` of stream `c` that is true.
template <class Shared>
GPU_ZSTD_FN uint32_t true_run(const Shared& s, uint32_t c, uint32_t cut) {
  const bool odd = (cut - s.divisions[c].first_cut) % 2 != 0;
  uint32_t k = s.true_candidates[odd ? cut - 1 : cut];
  if (odd) k = s.reached[s.first_run(cut - 1) + k];
  return s.first_run(cut) + k;
}

// Runs from mark to mark, states now being known, and replaces symbols by what
// they write: from the mark of cut `stretch` or, behind the cuts, from a
// stream's begin.
template <class Shared>
GPU_ZSTD_FN void leave_fields(Shared& s, const FseTable* tables,
                              const FseStream* streams, uint32_t stretch,
                              uint32_t cuts) {
  const bool at_begin = stretch >= cuts;
  const uint32_t c =
      at_begin ? stretch - cuts : s.places[stretch] >> kPlaceBits;
  const FseStream stream = streams[c];
  if (stream.count == 0) return;
  const FseTable& table = tables[stream.table];
  const FseDivision& division = s.divisions[c];
  const auto marked = [&](uint32_t cut) {
    return window_end(division, s.places[cut] & kPlaceMask);
  };
  const bool left = (at_begin || stretch == division.first_cut) &&
                    is_first_run_long(s, division, stream);
  if (at_begin && left) return;
  const uint32_t begin =
      at_begin ? 0
      : left   ? first_run_end(run_end(s, division, stream, stretch))
               : marked(stretch);
  if (begin >= stream.count) return;
  const uint32_t next = at_begin ? division.first_cut : stretch + 1;
  const uint32_t most = next < division.last_cut ? marked(next) : stream.count;
  const uint32_t end = most < stream.count ? most : stream.count;
  uint32_t state;
  if (at_begin) {
    state = first_state(table, stream.fields[0]);
    stream.fields[0] = 0;
  } else {
    state = s.marks[true_run(s, c, stretch)];
  }
  const uint32_t after =
      replace_fields(table, stream, begin + (at_begin ? 1 : 0), end, state);
  if (end == stream.count) s.final_state[c] = after;
}

// Finds the states of all streams and with them what is written. A stream may
// be empty; then it has no final state.
template <class Exec, class Shared>
GPU_ZSTD_FN void encode_fse_streams(Exec& x, Shared& s, const FseTable* tables,
                                    const FseStream* streams) {
  const uint32_t tasks = find_cuts(x, s, tables, streams);
  if (tasks == 0) return;
  const uint32_t cuts = s.divisions[Shared::kStreams - 1].last_cut;
  x.for_each(tasks,
             [&](uint32_t task) { run_candidates(s, tables, streams, task); });
  x.for_each(kFseTask * tasks, [&](uint32_t run) { double_run(s, run, cuts); });
  x.for_each(Shared::kStreams, [&](uint32_t c) { follow_runs(s, c); });
  x.for_each(cuts + Shared::kStreams, [&](uint32_t stretch) {
    leave_fields(s, tables, streams, stretch, cuts);
  });
}

}  // namespace gpu_zstd
