// Repeated offsets. While no two neighbouring matches touch and have the same
// offset, the format's three repcodes are the last three distinct offsets:
// using one moves it to the front. "The last three distinct offsets of a
// stretch of sequences" is associative, so the state before every sequence
// comes from a prefix scan.
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

// The last distinct offsets, latest first; 0 where there are fewer.
struct RepHistory {
  uint32_t offsets[kRepcodes];
};

GPU_ZSTD_FN RepHistory initial_history() {
  return {{kInitialRepcodes[0], kInitialRepcodes[1], kInitialRepcodes[2]}};
}

GPU_ZSTD_FN void push_offset(RepHistory& h, uint32_t offset) {
  if (offset == h.offsets[0]) return;
  if (offset != h.offsets[1]) h.offsets[2] = h.offsets[1];
  h.offsets[1] = h.offsets[0];
  h.offsets[0] = offset;
}

// The history of what `earlier` covers followed by what `later` covers.
GPU_ZSTD_FN RepHistory join_histories(const RepHistory& earlier,
                                      const RepHistory& later) {
  RepHistory joined = earlier;
  GPU_ZSTD_UNROLL
  for (uint32_t r = kRepcodes; r-- > 0;) {
    if (later.offsets[r] != 0) push_offset(joined, later.offsets[r]);
  }
  return joined;
}

// How a match of `offset` after `lit_length` literals is written: 1..3 for a
// repcode, else the offset + 3. Without literals the codes mean the second and
// third repcode and the first less one.
GPU_ZSTD_FN uint32_t resolve_offset(const RepHistory& h, uint32_t offset,
                                    uint32_t lit_length) {
  if (lit_length != 0) {
    if (offset == h.offsets[0]) return 1;
    if (offset == h.offsets[1]) return 2;
    if (offset == h.offsets[2]) return 3;
  } else {
    if (offset == h.offsets[1]) return 1;
    if (offset == h.offsets[2]) return 2;
    if (offset + 1 == h.offsets[0]) return 3;
  }
  return offset + kRepcodes;
}

// The offset that code `rep` (0..2) means; 0 if it means none.
GPU_ZSTD_FN uint32_t rep_offset(const RepHistory& h, uint32_t rep,
                                uint32_t lit_length) {
  const uint32_t place = lit_length != 0 ? rep : rep + 1;
  if (place == 0) return h.offsets[0];
  if (place == 1) return h.offsets[1];
  if (place == 2) return h.offsets[2];
  return h.offsets[0] - 1;
}

// How far back a thread looks for the three distinct offsets before its first
// sequence; beyond, a prefix scan finds them.
inline constexpr uint32_t kLookBack = 32;

// The last distinct offsets of sequences [0, end), as far as the kLookBack
// sequences before `end` tell; true if that is all there is to know.
GPU_ZSTD_FN bool look_back(const uint32_t* words, uint32_t end, RepHistory& h) {
  const uint32_t stop = end > kLookBack ? end - kLookBack : 0;
  h = {{0, 0, 0}};
  constexpr uint32_t kTogether = 4;  // loads that do not wait for each other
  GPU_ZSTD_NO_UNROLL
  for (uint32_t k = end; k > stop; k -= k < kTogether ? k : kTogether) {
    uint32_t offsets[kTogether];
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kTogether; ++i) {  // before the first: it again
      offsets[i] = candidate_offset(words[k > i ? k - 1 - i : 0]);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kTogether; ++i) {
      const uint32_t offset = offsets[i];
      if (offset == h.offsets[0] || offset == h.offsets[1]) continue;
      if (h.offsets[0] == 0) {
        h.offsets[0] = offset;
      } else if (h.offsets[1] == 0) {
        h.offsets[1] = offset;
      } else {
        h.offsets[2] = offset;
        return true;
      }
    }
  }
  return stop == 0;
}

// Neighbouring sequences of one of `threads` threads: thread t has those from
// t * share on.
GPU_ZSTD_FN uint32_t history_share(uint32_t count, uint32_t threads) {
  return (count + threads - 1) / threads;
}

// What threads know of the repcodes.
template <class Exec>
struct KnownHistories {
  typename Exec::template PerThread<RepHistory> before;  // a thread's sequences
  RepHistory after;                                      // all sequences

  GPU_ZSTD_FN explicit KnownHistories(const Exec& x) : before(x), after{} {}
};

// Fills in `known` by a scan over the shares; see find_histories().
template <class Exec>
GPU_ZSTD_FN void scan_shares(Exec& x, const uint32_t* words, uint32_t count,
                             uint32_t share, const RepHistory& start,
                             KnownHistories<Exec>& known) {
  x.phase([&](uint32_t t) {
    const uint32_t end = (t + 1) * share < count ? (t + 1) * share : count;
    RepHistory h{{0, 0, 0}};
    GPU_ZSTD_NO_UNROLL
    for (uint32_t k = t * share; k < end; ++k) {
      push_offset(h, candidate_offset(words[k]));
    }
    known.before[t] = h;
  });
  known.after =
      x.exclusive_scan(known.before, start,
                       [](const RepHistory& earlier, const RepHistory& later) {
                         return join_histories(earlier, later);
                       });
}

// Finds the states before the sequences of each thread, which begin at
// t * share, and behind all. `words` are their matches as candidate words,
// `start` is the state before the first. Not inlined: up to three stages ask,
// and it is long.
template <class Exec>
GPU_ZSTD_FN_CALL void find_histories(Exec& x, const uint32_t* words,
                                     uint32_t count, uint32_t share,
                                     RepHistory start,
                                     KnownHistories<Exec>& known) {
  typename Exec::template PerThread<uint32_t> unknown(x);
  const bool told = look_back(words, count, known.after);
  known.after = join_histories(start, known.after);
  x.phase([&](uint32_t t) {
    const uint32_t first = t * share < count ? t * share : count;
    RepHistory h{{0, 0, 0}};
    unknown[t] = told && look_back(words, first, h) ? 0 : 1;
    known.before[t] = join_histories(start, h);
  });
  if (x.any(unknown)) scan_shares(x, words, count, share, start, known);
}

// Calls each(thread, k, history, offset) with the state before sequence k of
// `count`; returns the state after all, to all threads. A thread has `share`
// sequences, at least history_share(), and visits them in order; each() comes
// behind a barrier and may change words[k] for its own k. See find_histories().
template <class Exec, class Each>
GPU_ZSTD_FN RepHistory visit_histories(Exec& x, const uint32_t* words,
                                       uint32_t count, uint32_t share,
                                       const RepHistory& start, Each each) {
  KnownHistories<Exec> known(x);
  find_histories(x, words, count, share, start, known);
  x.phase([&](uint32_t t) {
    const uint32_t end = (t + 1) * share < count ? (t + 1) * share : count;
    RepHistory h = known.before[t];
    GPU_ZSTD_NO_UNROLL
    for (uint32_t k = t * share; k < end; ++k) {
      const uint32_t offset = candidate_offset(words[k]);
      each(t, k, h, offset);
      push_offset(h, offset);
    }
  });
  return known.after;
}

}  // namespace gpu_zstd
