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

// counts[v] becomes the number of bytes of value v among `n` at `bytes`.
template <class Exec>
GPU_ZSTD_FN void byte_histogram(Exec& x, HistogramShared& shared,
                                const uint8_t* bytes, uint32_t n,
                                uint32_t* counts) {
  x.for_each(kHistogramCopies * kByteValues, [&](uint32_t i) {
    shared.counts[i / kByteValues][i % kByteValues] = 0;
  });
  x.for_each(n, [&](uint32_t i) {
    x.add(&shared.counts[i % kHistogramCopies][bytes[i]], 1u);
  });
  x.for_each(kByteValues, [&](uint32_t v) {
    uint32_t sum = 0;
    for (uint32_t c = 0; c < kHistogramCopies; ++c) sum += shared.counts[c][v];
    counts[v] = sum;
  });
}

}  // namespace gpu_zstd
