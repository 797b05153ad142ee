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
// Each run maps a candidate to a candidate of the next cut and leaves its state
// at marks on the way; following the maps from the start, one look-up a cut,
// finds which candidates are true, and with them the states at the marks. From
// there every stretch between marks is run once more to leave the states where
// they are wanted.
//
// A stream is divided into windows, with a cut at the rarest symbol of each. A
// window whose rarest symbol has too many candidates makes no cut. Half a
// window is a stretch; marks are where stretches begin.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_cuts.h"
#include "gpu_codec/device/fse_table.h"

namespace gpu_zstd {

// Encodes symbols [begin, end) from `state` on; returns the state behind the
// last. Calls mark(t, state) with the state before every fourth symbol and
// visit(t, state, bits) with that before each and the bits it writes.
//
// The chain of states is what takes the time: fields are fetched two quads
// ahead, what encodes them one quad.
template <class Mark, class Visit>
GPU_ZSTD_FN uint32_t run_fse(const FseTable& table, const FseStream& stream,
                             uint32_t begin, uint32_t end, uint32_t state,
                             Mark&& mark, Visit&& visit) {
  if (begin >= end) return state;
  const FieldQuad* quads = reinterpret_cast<const FieldQuad*>(stream.fields);
  const uint32_t last = (end - 1) / kFieldQuad;
  FseSymbol next[kFieldQuad] = {};
  FieldQuad ahead = quads[begin / kFieldQuad];
  const auto fetch = [&](uint32_t q) {
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldQuad; ++i) {  // behind the end: anything
      next[i] = table.symbols[ahead.field[i] % kMaxFseSymbols];
    }
    ahead = quads[q < last ? q : last];
  };
  fetch(begin / kFieldQuad + 1);
  GPU_ZSTD_NO_UNROLL
  for (uint32_t q = begin / kFieldQuad; q <= last; ++q) {
    FseSymbol symbols[kFieldQuad];
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldQuad; ++i) symbols[i] = next[i];
    fetch(q + 2);
    if (q * kFieldQuad >= begin) mark(q * kFieldQuad, state);
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldQuad; ++i) {
      const uint32_t t = q * kFieldQuad + i;
      if (t - begin >= end - begin) continue;  // before or behind
      const uint32_t before = state;
      const uint32_t bits = encode_fse_symbol(table, symbols[i], &state);
      visit(t, before, bits);
    }
  }
  return state;
}

// The state behind a cut at `place` when its candidate `k` is true.
GPU_ZSTD_FN uint32_t candidate_state(const FseTable& table, uint32_t symbol,
                                     uint32_t k) {
  return table.next_state[table.slots[symbol] + static_cast<int32_t>(k) +
                          table.symbols[symbol].delta_state()];
}

// Runs one candidate to the next cut, or to the stream's end.
template <class Shared>
GPU_ZSTD_FN void run_candidate(Shared& s, const FseTable* tables,
                               const FseStream* streams, uint32_t run) {
  const uint32_t cut = s.cuts[run];
  const uint32_t c = s.places[cut] >> kPlaceBits;
  const FseDivision& division = s.divisions[c];
  const FseStream stream = streams[c];
  const FseTable& table = tables[stream.table];
  const uint32_t place = s.places[cut] & kPlaceMask;
  const bool last = cut + 1 == division.last_cut;
  const uint32_t end = last ? stream.count : s.places[cut + 1] & kPlaceMask;
  const uint32_t k = run - s.first_run[cut];
  const uint32_t mark_log = division.window_log - kMarkLogBelowWindow;
  const uint32_t width = division.max_candidates;
  uint16_t* marks = s.marks_of(c);
  const auto mark = [&](uint32_t t, uint32_t before) {
    if ((t & ((1u << mark_log) - 1)) == 0) {
      marks[(t >> mark_log) * width + k] = static_cast<uint16_t>(before);
    }
  };
  uint32_t state = candidate_state(table, stream.fields[place], k);
  state = run_fse(table, stream, place + 1, end, state, mark,
                  [](uint32_t, uint32_t, uint32_t) {});
  s.reached[run] = 0;
  if (last) return;
  mark(end, state);
  const uint32_t symbol = stream.fields[end];
  const uint32_t bits = table.symbols[symbol].bits_from(state);
  s.reached[run] = static_cast<uint8_t>((state >> bits) - table.slots[symbol]);
}

// The candidate that `run` leads to two cuts on. What lies behind a stream's
// end does not matter.
template <class Shared>
GPU_ZSTD_FN void double_run(Shared& s, uint32_t run, uint32_t cuts) {
  const uint32_t next = s.cuts[run] + 1;
  const uint32_t k = s.reached[run];
  s.reached_next[run] = next < cuts ? s.reached[s.first_run[next] + k] : 0;
}

// Follows the true candidates of one stream, two cuts at a time.
template <class Shared>
GPU_ZSTD_FN void follow_runs(Shared& s, uint32_t c) {
  const uint32_t last = s.divisions[c].last_cut;
  uint32_t k = 0;
  uint32_t cut = s.divisions[c].first_cut;
  if (cut == last) return;
  uint32_t first_run = s.first_run[cut];
  GPU_ZSTD_NO_UNROLL
  for (; cut < last; cut += 2) {
    const uint32_t run = first_run + k;
    if (cut + 2 < last) first_run = s.first_run[cut + 2];
    s.true_candidates[cut] = static_cast<uint8_t>(k);
    k = s.reached_next[run];
  }
}

// The candidate of cut number `cut` of stream `c` that is true.
template <class Shared>
GPU_ZSTD_FN uint32_t true_candidate(const Shared& s, uint32_t c, uint32_t cut) {
  const bool odd = (cut - s.divisions[c].first_cut) % 2 != 0;
  if (!odd) return s.true_candidates[cut];
  return s.reached[s.first_run[cut - 1] + s.true_candidates[cut - 1]];
}

// Runs through stretch `m` of stream `c` from its mark, now known, and replaces
// symbols by what they write.
template <class Shared>
GPU_ZSTD_FN void leave_fields(Shared& s, const FseTable* tables,
                              const FseStream* streams, uint32_t c,
                              uint32_t m) {
  const FseStream stream = streams[c];
  const FseTable& table = tables[stream.table];
  const FseDivision& division = s.divisions[c];
  const uint32_t mark_log = division.window_log - kMarkLogBelowWindow;
  const uint32_t begin = m << mark_log;
  uint32_t state;
  if (m == 0) {
    state = first_state(table, stream.fields[0]);
    stream.fields[0] = 0;
  } else {
    // The cut before the mark: of its own window if that lies before it.
    const uint32_t i = s.first_window(c) + (begin >> division.window_log);
    uint32_t cut = s.before[i] >> kRunBits;
    const bool own = cut != s.before[i + 1] >> kRunBits &&
                     (s.places[cut] & kPlaceMask) < begin;
    if (!own) --cut;
    state =
        s.marks_of(c)[m * division.max_candidates + true_candidate(s, c, cut)];
  }
  const uint32_t next = begin + (1u << mark_log);
  const uint32_t end = next < stream.count ? next : stream.count;
  state = run_fse(
      table, stream, begin + (m == 0 ? 1 : 0), end, state,
      [](uint32_t, uint32_t) {},
      [&](uint32_t t, uint32_t before, uint32_t bits) {
        const uint32_t value = before & ((1u << bits) - 1);
        stream.fields[t] = static_cast<uint16_t>(bits << kFieldShift | value);
      });
  if (end == stream.count) s.final_state[c] = state;
}

// Finds the states of all streams and with them what is written. A stream may
// be empty; then it has no final state.
template <class Exec, class Shared>
GPU_ZSTD_FN void encode_fse_streams(Exec& x, Shared& s, const FseTable* tables,
                                    const FseStream* streams) {
  const uint32_t runs = find_cuts(x, s, tables, streams);
  if (runs == 0) return;
  const uint32_t cuts = s.divisions[Shared::kStreams - 1].last_cut;
  x.for_each(runs,
             [&](uint32_t run) { run_candidate(s, tables, streams, run); });
  x.for_each(runs, [&](uint32_t run) { double_run(s, run, cuts); });
  x.for_each(Shared::kStreams, [&](uint32_t c) { follow_runs(s, c); });
  for_each_stretch(x, s, [&](uint32_t c, uint32_t stretch) {
    leave_fields(s, tables, streams, c, stretch);
  });
}

}  // namespace gpu_zstd
