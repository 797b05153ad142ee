// The repcodes between the matches of a parse, and how long they match where
// the next match ends:
//
//   matches    |##### |    |####     |      the history changes where one ends
//   history    0      1             2
//   compared        ^             ^  ^      the last position of each interval
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/match_list.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/prices.h"
#include "gpu_codec/device/repcodes.h"
#include "gpu_codec/device/search.h"

namespace gpu_zstd {

// How long position i matches at each of `offsets`, which may be none of the
// block's. Few matches are longer than the first look.
template <uint32_t kReps>
GPU_ZSTD_FN void compare_reps(const uint8_t* data, uint32_t n, uint32_t i,
                              const uint32_t (&offsets)[kReps],
                              uint32_t (&lengths)[kReps]) {
  constexpr uint32_t kLook = 8;
  const uint32_t limit = smaller(n - i, kMaxParsedMatch);
  const EightBytes own = read64(data, i);
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kReps; ++r) {
    const bool valid = offsets[r] - 1 < i;
    const uint32_t equal =
        equal_bytes(own, read64(data, valid ? i - offsets[r] : i));
    lengths[r] = valid ? smaller(equal, limit) : 0;
  }
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kReps; ++r) {
    if (lengths[r] < kLook) continue;
    lengths[r] = match_length_beyond(data, i, i - offsets[r], kLook, limit);
  }
}

// The interval [begin, end) of a block of `n` bytes, with the lengths of as
// many repcodes as a preset uses.
template <uint32_t kReps>
GPU_ZSTD_FN RepInterval make_interval(const uint8_t* data, uint32_t n,
                                      uint32_t begin, uint32_t end,
                                      const RepHistory& history) {
  RepInterval interval{
      begin, {history.offsets[0], history.offsets[1], history.offsets[2]}};
  uint32_t offsets[kReps];
  uint32_t lengths[kReps];
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kReps; ++r) offsets[r] = history.offsets[r];
  compare_reps(data, n, end - 1, offsets, lengths);
  GPU_ZSTD_UNROLL
  for (uint32_t r = 0; r < kReps; ++r) {
    interval.repcodes[r] = make_candidate(offsets[r], lengths[r]);
  }
  return interval;
}

// Fills list.intervals and adds the symbols of the parse to `counts`, which are
// zero. A match that merely goes on with the last one's offset is no symbol of
// its own.
template <uint32_t kReps, class Exec>
GPU_ZSTD_FN void list_intervals(Exec& x, const uint8_t* data, uint32_t n,
                                const RepHistory& start, MatchList& list,
                                SymbolCounts& counts) {
  const RepHistory last = visit_histories(
      x, list.words, list.count, history_share(list.count, x.threads()), start,
      [&](uint32_t, uint32_t k, const RepHistory& h, uint32_t offset) {
        const uint32_t position = list.positions[k];
        const uint32_t run = run_before(list, k);
        const uint32_t length = candidate_length(list.words[k]);
        list.intervals[k] =
            make_interval<kReps>(data, n, position - run, position + length, h);
        x.add(&counts.lit_lengths[lit_length_code(run)], 1u);
        x.add(&counts.match_lengths[match_length_code(length)], 1u);
        x.add(&counts.offsets[offset_code(resolve_offset(h, offset, run))], 1u);
      });
  x.single([&] {
    const uint32_t count = list.count;
    list.intervals[count] = make_interval<kReps>(
        data, n, count > 0 ? match_end(list, count - 1) : 0, n, last);
  });
}

}  // namespace gpu_zstd
