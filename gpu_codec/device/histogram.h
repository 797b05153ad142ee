// Counts how often each byte value occurs.
//
//   bytes      a b a c a        lanes of counts (one per copy)
//   thread     0 1 2 3 4   ->   copy 0: a a a    copy 1: b c
//                               summed at the end: a 3, b 1, c 1
//
// Equal bytes meet in neighbouring threads; counting them in several copies
// keeps atomics on one word apart. The sum does not depend on the copies.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

inline constexpr uint32_t kByteValues = 256;

struct HistogramShared {
  uint32_t counts[kHistogramCopies][kByteValues];
};

// Adds a thread's share of the bytes to cleared counts.
template <class Exec>
GPU_ZSTD_FN void count_bytes(HistogramShared& shared, const uint8_t* bytes,
                             uint32_t n, uint32_t thread, uint32_t threads) {
  constexpr uint32_t kTogether = 4;  // loads before the additions
  GPU_ZSTD_NO_UNROLL
  for (uint32_t i = thread; i < n; i += kTogether * threads) {
    uint32_t values[kTogether];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kTogether; ++k) {
      const uint32_t at = i + k * threads;
      values[k] = bytes[at < n ? at : i];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kTogether; ++k) {
      Exec::add(&shared.counts[thread % kHistogramCopies][values[k]],
                i + k * threads < n ? 1u : 0u);
    }
  }
}

// How often value `v` was counted.
GPU_ZSTD_FN uint32_t byte_count(const HistogramShared& shared, uint32_t v) {
  uint32_t sum = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t c = 0; c < kHistogramCopies; ++c) sum += shared.counts[c][v];
  return sum;
}

// counts[v] becomes the number of bytes of value v among `n` at `bytes`.
template <class Exec>
GPU_ZSTD_FN void byte_histogram(Exec& x, HistogramShared& shared,
                                const uint8_t* bytes, uint32_t n,
                                uint32_t* counts) {
  const uint32_t threads = x.threads();
  x.for_each(kHistogramCopies * kByteValues, [&](uint32_t i) {
    shared.counts[i / kByteValues][i % kByteValues] = 0;
  });
  x.phase([&](uint32_t thread) {
    count_bytes<Exec>(shared, bytes, n, thread, threads);
  });
  x.for_each(kByteValues,
             [&](uint32_t v) { counts[v] = byte_count(shared, v); });
}

}  // namespace gpu_zstd
