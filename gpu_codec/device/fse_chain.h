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

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// One stream. Fields stand in the order they are encoded, that is, the last one
// that a decoder sees comes first.
struct FseStream {
  uint32_t table;  // index of its table
  uint32_t count;
  // Symbols; each becomes what is written of it, see field_value(). Aligned to
  // 16 bytes, with room for whole groups of kFieldGroup.
  uint16_t* fields;
};

// The bits that encoding one symbol writes: value | number of bits << 9. The
// first symbol of a stream writes none.
inline constexpr uint32_t kFieldShift = kMaxFseLog;
GPU_ZSTD_FN uint32_t field_value(uint32_t field) {
  return field & ((1u << kFieldShift) - 1);
}
GPU_ZSTD_FN uint32_t field_bits(uint32_t field) { return field >> kFieldShift; }

// Symbols that are read together.
inline constexpr uint32_t kFieldGroup = 8;
struct alignas(16) FieldGroup {
  uint16_t field[kFieldGroup];
};
inline constexpr uint32_t kFieldQuad = 4;
struct alignas(8) FieldQuad {
  uint16_t field[kFieldQuad];
};

// How one stream is divided.
struct FseDivision {
  uint32_t window_log;
  uint32_t stretches;
  uint32_t max_candidates;
  uint32_t first_cut;  // of the cuts of all streams, which are numbered on
  uint32_t last_cut;   // one behind its last
};

// kLarge streams of any length come first, then kSmall ones of at most
// kMaxSmallStream symbols, which need less room.
template <uint32_t kLarge, uint32_t kSmall>
struct FseChainShared {
  static constexpr uint32_t kStreams = kLarge + kSmall;
  static constexpr uint32_t kSmallWindows =
      (kMaxSmallStream >> kMinFseWindowLog) + 1;
  static constexpr uint32_t kWindows =
      kLarge * kMaxFseCuts + kSmall * kSmallWindows;
  static constexpr uint32_t kRuns =
      kLarge * kMaxFseRuns + kSmall * kMaxSmallRuns;
  FseDivision divisions[kStreams];
  uint16_t rarest[kWindows];      // places in their windows
  uint32_t before[kWindows + 1];  // cuts << 20 | runs in the windows before
  uint32_t places[kWindows];      // each cut's stream << 24 | place
  uint16_t first_run[kWindows + 1];
  uint16_t marks[2 * kRuns];      // of each stream: [mark][candidate]
  uint8_t reached[kRuns];         // the candidate a run leads to
  union {                         // in the order of their use
    uint8_t cuts[kRuns];          // each run's cut
    uint8_t reached_next[kRuns];  // the candidate two cuts on
  };
  uint8_t true_candidates[kWindows];  // of every second cut of a stream
  uint32_t final_state[kStreams];
  static_assert(kWindows <= 256, "a cut is kept in a byte");

  GPU_ZSTD_FN static constexpr uint32_t max_runs(uint32_t stream) {
    return stream < kLarge ? kMaxFseRuns : kMaxSmallRuns;
  }
  GPU_ZSTD_FN static constexpr uint32_t first_window(uint32_t stream) {
    return stream < kLarge
               ? stream * kMaxFseCuts
               : kLarge * kMaxFseCuts + (stream - kLarge) * kSmallWindows;
  }
  // The stream that window `i` belongs to.
  GPU_ZSTD_FN static constexpr uint32_t stream_of(uint32_t i) {
    return i < kLarge * kMaxFseCuts
               ? i / kMaxFseCuts
               : kLarge + (i - kLarge * kMaxFseCuts) / kSmallWindows;
  }
  GPU_ZSTD_FN uint16_t* marks_of(uint32_t stream) {
    return marks +
           2 * (stream < kLarge
                    ? stream * kMaxFseRuns
                    : kLarge * kMaxFseRuns + (stream - kLarge) * kMaxSmallRuns);
  }
};

inline constexpr uint32_t kRunBits = 20;
inline constexpr uint32_t kPlaceBits = 24;
inline constexpr uint32_t kPlaceMask = (1u << kPlaceBits) - 1;
// There are two marks in a window.
inline constexpr uint32_t kMarkLogBelowWindow = 1;
static_assert(1u << (kMinFseWindowLog - kMarkLogBelowWindow) >= kFieldGroup);

// A power of two of candidates, so that nothing is divided. The largest log
// that gives no more than kMaxFseCuts windows, which is a power of two itself.
template <class Shared>
GPU_ZSTD_FN FseDivision divide_stream(uint32_t stream, uint32_t count) {
  const uint32_t high = count > 0 ? highest_bit(count) + 1 : 0;
  FseDivision division{};
  division.window_log = high > kMinFseWindowLog + kMaxFseCutsLog
                            ? high - kMaxFseCutsLog
                            : kMinFseWindowLog;
  const uint32_t mark_log = division.window_log - kMarkLogBelowWindow;
  division.stretches = (count + (1u << mark_log) - 1) >> mark_log;
  const uint32_t windows = count >> division.window_log;  // less one
  const uint32_t windows_log = windows > 0 ? highest_bit(windows) + 1 : 0;
  const uint32_t share = Shared::max_runs(stream) >> windows_log;
  division.max_candidates =
      share < kMaxFseCandidates ? share : kMaxFseCandidates;
  return division;
}

// Calls f(stream, stretch) for every stretch of every stream.
template <class Exec, class Shared, class F>
GPU_ZSTD_FN void for_each_stretch(Exec& x, const Shared& s, F&& f) {
  uint32_t begin[Shared::kStreams + 1];
  begin[0] = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < Shared::kStreams; ++c) {
    begin[c + 1] = begin[c] + s.divisions[c].stretches;
  }
  x.for_each(begin[Shared::kStreams], [&](uint32_t i) {
    uint32_t stream = 0;
    uint32_t first = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t c = 1; c < Shared::kStreams; ++c) {
      if (i >= begin[c]) {
        stream = c;
        first = begin[c];
      }
    }
    f(stream, i - first);
  });
}

// The rarest of the symbols [begin, end): slots << 16 | place from `begin` on,
// which is a multiple of kFieldGroup.
GPU_ZSTD_FN uint32_t rarest_symbol(const FseTable& table,
                                   const FseStream& stream, uint32_t begin,
                                   uint32_t end) {
  uint32_t rarest = ~0u;
  GPU_ZSTD_NO_UNROLL
  for (uint32_t t = begin; t < end; t += kFieldGroup) {
    const FieldGroup group =
        *reinterpret_cast<const FieldGroup*>(stream.fields + t);
    uint32_t slots[kFieldGroup];
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldGroup; ++i) {  // behind the end: anything
      slots[i] = table.slots[group.field[i] % kMaxFseSymbols];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kFieldGroup; ++i) {
      const uint32_t key = slots[i] << 16 | (t + i - begin);
      if (t + i < end && key < rarest) rarest = key;
    }
  }
  return rarest;
}

// Divides the streams and notes what window `i` adds to the cuts and runs.
template <class Shared>
GPU_ZSTD_FN void look_for_cut(Shared& s, const FseTable* tables,
                              const FseStream* streams, uint32_t i) {
  const uint32_t c = s.stream_of(i);
  const uint32_t window = i - s.first_window(c);
  const FseStream stream = streams[c];
  const FseDivision division = divide_stream<Shared>(c, stream.count);
  if (window == 0) s.divisions[c] = division;
  s.before[i] = 0;
  const uint32_t begin = window << division.window_log;
  if (begin >= stream.count) return;
  const uint32_t next = begin + (1u << division.window_log);
  const uint32_t end = next < stream.count ? next : stream.count;
  // The first symbol is a cut with one candidate, window 0's only one.
  const uint32_t rarest =
      window == 0 ? 1u << 16
                  : rarest_symbol(tables[stream.table], stream, begin, end);
  if (rarest >> 16 > division.max_candidates) return;
  s.rarest[i] = static_cast<uint16_t>(rarest);
  s.before[i] = 1u << kRunBits | rarest >> 16;
}

// Finds the cuts of all streams; returns the number of runs.
template <class Exec, class Shared>
GPU_ZSTD_FN uint32_t find_cuts(Exec& x, Shared& s, const FseTable* tables,
                               const FseStream* streams) {
  constexpr uint32_t kWindows = Shared::kWindows;
  constexpr uint32_t kRunMask = (1u << kRunBits) - 1;
  x.for_each(kWindows,
             [&](uint32_t i) { look_for_cut(s, tables, streams, i); });
  const uint32_t all = prefix_sum_array(x, s.before, kWindows);
  x.for_each(kWindows, [&](uint32_t i) {
    const uint32_t c = s.stream_of(i);
    const uint32_t window = i - s.first_window(c);
    const uint32_t cut = s.before[i] >> kRunBits;
    const uint32_t next = s.before[i + 1];
    if (cut != next >> kRunBits) {
      const uint32_t first = s.before[i] & kRunMask;
      s.places[cut] = c << kPlaceBits |
                      ((window << s.divisions[c].window_log) + s.rarest[i]);
      s.first_run[cut] = static_cast<uint16_t>(first);
      GPU_ZSTD_NO_UNROLL
      for (uint32_t r = first; r < (next & kRunMask); ++r) {
        s.cuts[r] = static_cast<uint8_t>(cut);
      }
    }
    if (window == 0) s.divisions[c].first_cut = cut;
    if (i + 1 == s.first_window(c + 1)) {
      s.divisions[c].last_cut = next >> kRunBits;
    }
  });
  return all & kRunMask;
}

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
