// Where FSE streams are cut, so that their states can be found in parallel; see
// fse_chain.h.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_run.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// How one stream is divided.
struct FseDivision {
  uint32_t window_log;
  uint32_t first_cut;  // of the cuts of all streams, which are numbered on
  uint32_t last_cut;   // one behind its last
};

// The streams that are worked on together. Each has at most kStreamWindows
// windows, all have at most kTaskCount tasks; cuts are numbered over all of
// them, and so are tasks and their candidates, the runs.
template <uint32_t kStreamCount, uint32_t kStreamWindows, uint32_t kTaskCount>
struct FseChainShared {
  static constexpr uint32_t kStreams = kStreamCount;
  static constexpr uint32_t kWindows = kStreams * kStreamWindows;
  static constexpr uint32_t kTasks = kTaskCount;
  FseDivision divisions[kStreams];
  uint32_t before[kWindows + 1];     // cuts << 20 | tasks in the windows before
  uint32_t places[kWindows];         // each cut's stream << 24 | place
  uint16_t rarest[kWindows];         // places in their windows
  uint16_t candidates[kWindows];     // of each window's cut; 0: too many
  uint16_t first_task[kWindows];     // of each cut
  uint8_t last_candidate[kWindows];  // of each cut
  uint8_t true_candidates[kWindows];        // of every second cut of a stream
  uint8_t cuts[kTasks];                     // each task's cut
  uint8_t reached[kFseTask * kTasks];       // the candidate a run leads to
  uint8_t reached_next[kFseTask * kTasks];  // the candidate two cuts on
  uint16_t marks[kFseTask * kTasks];        // states where its window ends
  uint32_t final_state[kStreams];
  static_assert(kWindows <= 256, "a cut is kept in a byte");

  GPU_ZSTD_FN static constexpr uint32_t first_window(uint32_t stream) {
    return stream * kStreamWindows;
  }
  // The stream that window `i` belongs to.
  GPU_ZSTD_FN static constexpr uint32_t stream_of(uint32_t i) {
    return i / kStreamWindows;
  }
  // The first run of a cut.
  GPU_ZSTD_FN uint32_t first_run(uint32_t cut) const {
    return kFseTask * first_task[cut];
  }
};

inline constexpr uint32_t kTaskBits = 20;
inline constexpr uint32_t kTaskMask = (1u << kTaskBits) - 1;
inline constexpr uint32_t kPlaceBits = 24;
inline constexpr uint32_t kPlaceMask = (1u << kPlaceBits) - 1;
static_assert(1u << kMinFseWindowLog >= kFieldGroup);

// The smallest windows that are no more than kMaxFseCuts.
GPU_ZSTD_FN uint32_t fse_window_log(uint32_t count) {
  const uint32_t high = count > 0 ? highest_bit(count) + 1 : 0;
  return high > kMinFseWindowLog + kMaxFseCutsLog ? high - kMaxFseCutsLog
                                                  : kMinFseWindowLog;
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

// What a cut adds to the cuts and tasks before the next window.
GPU_ZSTD_FN uint32_t cut_and_tasks(uint32_t candidates) {
  if (candidates == 0) return 0;
  return 1u << kTaskBits | (candidates + kFseTask - 1) / kFseTask;
}

// Divides the streams and notes the cut that window `i` may make.
template <class Shared>
GPU_ZSTD_FN void look_for_cut(Shared& s, const FseTable* tables,
                              const FseStream* streams, uint32_t i) {
  const uint32_t c = s.stream_of(i);
  const uint32_t window = i - s.first_window(c);
  const FseStream stream = streams[c];
  const uint32_t window_log = fse_window_log(stream.count);
  if (window == 0) s.divisions[c].window_log = window_log;
  s.before[i] = 0;
  s.candidates[i] = 0;
  const uint32_t begin = window << window_log;
  if (begin >= stream.count) return;
  const uint32_t next = begin + (1u << window_log);
  const uint32_t end = next < stream.count ? next : stream.count;
  // The first symbol is a cut with one candidate, window 0's only one.
  const uint32_t rarest =
      window == 0 ? 1u << 16
                  : rarest_symbol(tables[stream.table], stream, begin, end);
  const uint32_t candidates = rarest >> 16;
  if (candidates > kMaxFseCandidates) return;
  s.rarest[i] = static_cast<uint16_t>(rarest);
  s.candidates[i] = static_cast<uint16_t>(candidates);
  s.before[i] = cut_and_tasks(candidates);
}

// Notes the cut that window `i` makes, if any, and its tasks.
template <class Shared>
GPU_ZSTD_FN void note_cut(Shared& s, uint32_t i) {
  const uint32_t c = s.stream_of(i);
  const uint32_t window = i - s.first_window(c);
  const uint32_t cut = s.before[i] >> kTaskBits;
  const uint32_t next = s.before[i + 1];
  if (cut != next >> kTaskBits) {
    const uint32_t first = s.before[i] & kTaskMask;
    s.places[cut] =
        c << kPlaceBits | ((window << s.divisions[c].window_log) + s.rarest[i]);
    s.first_task[cut] = static_cast<uint16_t>(first);
    s.last_candidate[cut] = static_cast<uint8_t>(s.candidates[i] - 1);
    GPU_ZSTD_NO_UNROLL
    for (uint32_t task = first; task < (next & kTaskMask); ++task) {
      s.cuts[task] = static_cast<uint8_t>(cut);
    }
  }
  if (window == 0) s.divisions[c].first_cut = cut;
  if (i + 1 == s.first_window(c + 1)) {
    s.divisions[c].last_cut = next >> kTaskBits;
  }
}

// Finds the cuts of all streams; returns the number of tasks.
template <class Exec, class Shared>
GPU_ZSTD_FN uint32_t find_cuts(Exec& x, Shared& s, const FseTable* tables,
                               const FseStream* streams) {
  constexpr uint32_t kWindows = Shared::kWindows;
  x.for_each(kWindows,
             [&](uint32_t i) { look_for_cut(s, tables, streams, i); });
  uint32_t all = prefix_sum_array(x, s.before, kWindows);
  // Where cuts are dear, every second window makes one, or every fourth, …
  GPU_ZSTD_NO_UNROLL
  for (uint32_t step = 2; (all & kTaskMask) > Shared::kTasks; step *= 2) {
    x.for_each(kWindows, [&](uint32_t i) {
      const uint32_t window = i - s.first_window(s.stream_of(i));
      s.before[i] = window % step == 0 ? cut_and_tasks(s.candidates[i]) : 0;
    });
    all = prefix_sum_array(x, s.before, kWindows);
  }
  x.for_each(kWindows, [&](uint32_t i) { note_cut(s, i); });
  return all & kTaskMask;
}

}  // namespace gpu_zstd
