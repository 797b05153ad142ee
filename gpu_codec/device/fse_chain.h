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
// window whose rarest symbol has too many candidates makes no cut.
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

// How one stream is divided.
struct FseDivision {
  uint32_t window_log;
  uint32_t max_candidates;
  uint32_t first_cut;  // of the cuts of all streams, which are numbered on
  uint32_t last_cut;   // one behind its last
};

// kLarge streams of any length come first, then kSmall ones of at most
// kMaxSmallStream symbols, which need less room.
template <uint32_t kLarge, uint32_t kSmall>
struct FseChainShared {
  static constexpr uint32_t kLargeStreams = kLarge;
  static constexpr uint32_t kStreams = kLarge + kSmall;
  static constexpr uint32_t kWindows = kStreams * kMaxFseCuts;
  static constexpr uint32_t kSmallMarks =
      2 * (kMaxSmallStream >> kMinFseWindowLog) + 2;
  // Stretches between marks that all streams may have.
  static constexpr uint32_t kStretches =
      2 * kLarge * kMaxFseCuts + kSmall * kSmallMarks;
  FseDivision divisions[kStreams];
  uint32_t rarest[kWindows];      // slots << 16 | place in its window
  uint32_t before[kWindows + 1];  // cuts << 20 | runs in the windows before
  uint32_t places[kWindows];      // each cut's stream << 24 | place
  uint32_t first_run[kWindows + 1];
  uint32_t final_state[kStreams];
  // Of each stream: [mark][candidate].
  uint16_t marks[2 * (kLarge * kMaxFseRuns + kSmall * kMaxSmallRuns)];
  uint8_t reached[kLarge * kMaxFseRuns + kSmall * kMaxSmallRuns];
  uint8_t true_run[kWindows];

  GPU_ZSTD_FN static constexpr uint32_t max_runs(uint32_t stream) {
    return stream < kLarge ? kMaxFseRuns : kMaxSmallRuns;
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
// There are two marks in a window.
inline constexpr uint32_t kMarkLogBelowWindow = 1;

template <class Shared>
GPU_ZSTD_FN void divide_stream(Shared& s, uint32_t c, uint32_t count) {
  uint32_t log = kMinFseWindowLog;
  while (count >> log >= kMaxFseCuts) ++log;
  const uint32_t windows = (count >> log) + 1;
  const uint32_t share = s.max_runs(c) / windows;
  s.divisions[c].window_log = log;
  s.divisions[c].max_candidates =
      share < kMaxFseCandidates ? share : kMaxFseCandidates;
}

// Finds the cuts of all streams; returns the number of runs.
template <class Exec, class Shared>
GPU_ZSTD_FN uint32_t find_cuts(Exec& x, Shared& s, const FseStream* streams) {
  constexpr uint32_t kStreams = Shared::kStreams;
  constexpr uint32_t kWindows = Shared::kWindows;
  x.for_each(kWindows, [&](uint32_t i) {
    s.rarest[i] = ~0u;
    if (i < kStreams) divide_stream(s, i, streams[i].count);
  });
  x.phase([&](uint32_t thread) {
    for (uint32_t c = 0; c < kStreams; ++c) {
      const FseStream& stream = streams[c];
      const uint32_t log = s.divisions[c].window_log;
      for (uint32_t t = thread; t < stream.count; t += x.threads()) {
        const uint32_t slots = stream.table->slots[stream.symbols[t]];
        const uint32_t in_window = t & ((1u << log) - 1);
        // The first symbol is a cut with one candidate, window 0's only one.
        if (t >> log > 0 || t == 0) {
          x.min(&s.rarest[c * kMaxFseCuts + (t >> log)],
                (t > 0 ? slots : 1) << 16 | in_window);
        }
      }
    }
  });
  x.for_each(kWindows, [&](uint32_t i) {
    const uint32_t slots = s.rarest[i] >> 16;  // 0xFFFF: no such window
    const bool cut = slots <= s.divisions[i / kMaxFseCuts].max_candidates;
    s.before[i] = cut ? 1u << kRunBits | slots : 0;
  });
  const uint32_t all = prefix_sum_array(x, s.before, kWindows);
  x.for_each(kWindows, [&](uint32_t i) {
    const uint32_t c = i / kMaxFseCuts;
    const uint32_t cut = s.before[i] >> kRunBits;
    if (s.before[i] != s.before[i + 1]) {
      const uint32_t window = i % kMaxFseCuts << s.divisions[c].window_log;
      s.places[cut] = c << kPlaceBits | (window + (s.rarest[i] & 0xFFFF));
      s.first_run[cut] = s.before[i] & ((1u << kRunBits) - 1);
    }
    if (i % kMaxFseCuts == 0) {
      s.divisions[c].first_cut = cut;
      s.divisions[c].last_cut = s.before[i + kMaxFseCuts] >> kRunBits;
    }
  });
  return all & ((1u << kRunBits) - 1);
}

// Calls visit(t, state) with the state before each symbol t in [begin, end) and
// returns the one behind the last. Symbols are fetched four ahead, for the
// chain of states is what takes the time.
template <class Visit>
GPU_ZSTD_FN uint32_t run_fse(const FseStream& stream, uint32_t begin,
                             uint32_t end, uint32_t state, Visit&& visit) {
  const FseTable& table = *stream.table;
  uint32_t t = begin;
  for (; t + 4 <= end; t += 4) {
    FseSymbol next[4];
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < 4; ++i) {
      next[i] = table.symbols[stream.symbols[t + i]];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < 4; ++i) {
      visit(t + i, state);
      encode_fse_symbol(table, next[i], &state);
    }
  }
  for (; t < end; ++t) {
    visit(t, state);
    encode_fse_symbol(table, table.symbols[stream.symbols[t]], &state);
  }
  return state;
}

// The state behind a cut at `place` when its candidate `k` is true.
GPU_ZSTD_FN uint32_t candidate_state(const FseStream& stream, uint32_t place,
                                     uint32_t k) {
  const uint32_t symbol = stream.symbols[place];
  const int32_t slots = stream.table->slots[symbol];
  return stream.table->next_state[slots + static_cast<int32_t>(k) +
                                  stream.table->symbols[symbol].delta_state];
}

// Runs one candidate to the next cut, or to the stream's end.
template <class Shared>
GPU_ZSTD_FN void run_candidate(Shared& s, const FseStream* streams,
                               uint32_t run, uint32_t cuts) {
  uint32_t cut = 0;
  for (uint32_t above = cuts; above - cut > 1;) {
    const uint32_t middle = (cut + above) / 2;
    if (s.first_run[middle] <= run) {
      cut = middle;
    } else {
      above = middle;
    }
  }
  constexpr uint32_t kPlaceMask = (1u << kPlaceBits) - 1;
  const uint32_t c = s.places[cut] >> kPlaceBits;
  const FseDivision& division = s.divisions[c];
  const FseStream& stream = streams[c];
  const uint32_t place = s.places[cut] & kPlaceMask;
  const bool last = cut + 1 == division.last_cut;
  const uint32_t end = last ? stream.count : s.places[cut + 1] & kPlaceMask;
  const uint32_t k = run - s.first_run[cut];
  const uint32_t mark_log = division.window_log - kMarkLogBelowWindow;
  const uint32_t width = division.max_candidates;
  uint16_t* marks = s.marks_of(c);
  const auto mark = [&](uint32_t t, uint32_t state) {
    if ((t & ((1u << mark_log) - 1)) == 0) {
      marks[(t >> mark_log) * width + k] = static_cast<uint16_t>(state);
    }
  };
  const uint32_t state =
      run_fse(stream, place + 1, end, candidate_state(stream, place, k), mark);
  if (last) return;
  mark(end, state);
  const uint32_t symbol = stream.symbols[end];
  const uint32_t bits =
      (state + stream.table->symbols[symbol].delta_bits) >> 16;
  s.reached[run] =
      static_cast<uint8_t>((state >> bits) - stream.table->slots[symbol]);
}

// Follows the true candidates of one stream from cut to cut.
template <class Shared>
GPU_ZSTD_FN void follow_runs(Shared& s, uint32_t c) {
  const FseDivision& division = s.divisions[c];
  uint32_t k = 0;
  for (uint32_t cut = division.first_cut; cut < division.last_cut; ++cut) {
    s.true_run[cut] = static_cast<uint8_t>(k);
    if (cut + 1 < division.last_cut) k = s.reached[s.first_run[cut] + k];
  }
}

// Runs from mark number `m` of stream `c`, now known, to the next one.
template <class Shared>
GPU_ZSTD_FN void leave_states(Shared& s, const FseStream* streams, uint32_t c,
                              uint32_t m) {
  const FseStream& stream = streams[c];
  const FseDivision& division = s.divisions[c];
  const uint32_t mark_log = division.window_log - kMarkLogBelowWindow;
  const uint32_t begin = m << mark_log;
  if (begin >= stream.count) return;
  uint32_t state;
  if (m == 0) {
    state = first_state(*stream.table, stream.symbols[0]);
  } else {
    // The cut before the mark: of its own window if that lies before it.
    const uint32_t i = c * kMaxFseCuts + (begin >> division.window_log);
    uint32_t cut = s.before[i] >> kRunBits;
    const bool own = s.before[i] != s.before[i + 1] &&
                     (s.places[cut] & ((1u << kPlaceBits) - 1)) < begin;
    if (!own) --cut;
    state = s.marks_of(c)[m * division.max_candidates + s.true_run[cut]];
  }
  const uint32_t next = begin + (1u << mark_log);
  const uint32_t end = next < stream.count ? next : stream.count;
  static_assert(kMinFseWindowLog > kMarkLogBelowWindow + 1);
  state = run_fse(stream, begin + (m == 0 ? 1 : 0), end, state,
                  [&](uint32_t t, uint32_t before) {
                    if (t % kFseStateStride == 0) {
                      stream.entry_states[t / kFseStateStride] =
                          static_cast<uint16_t>(before);
                    }
                  });
  if (end == stream.count) s.final_state[c] = state;
}

// Finds the states of all streams. A stream may be empty; then it has no final
// state.
template <class Exec, class Shared>
GPU_ZSTD_FN void find_fse_states(Exec& x, Shared& s, const FseStream* streams) {
  const uint32_t runs = find_cuts(x, s, streams);
  if (runs == 0) return;
  const uint32_t cuts = s.divisions[Shared::kStreams - 1].last_cut;
  x.for_each(runs, [&](uint32_t run) { run_candidate(s, streams, run, cuts); });
  x.for_each(Shared::kStreams, [&](uint32_t c) { follow_runs(s, c); });
  constexpr uint32_t kMarks = 2 * kMaxFseCuts;
  constexpr uint32_t kSmallFirst = Shared::kLargeStreams * kMarks;
  x.for_each(Shared::kStretches, [&](uint32_t i) {
    if (i < kSmallFirst) {
      leave_states(s, streams, i / kMarks, i % kMarks);
    } else {
      leave_states(
          s, streams,
          Shared::kLargeStreams + (i - kSmallFirst) / Shared::kSmallMarks,
          (i - kSmallFirst) % Shared::kSmallMarks);
    }
  });
}

}  // namespace gpu_zstd
