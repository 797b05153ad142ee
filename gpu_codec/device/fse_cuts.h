// Where FSE streams are cut, so that their states can be found in parallel; see
// fse_chain.h.
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

}  // namespace gpu_zstd
