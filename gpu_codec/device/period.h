// Records of a fixed size: the distance that a block's bytes repeat at.
//
//   2d 00 00 00 a9 5a 00 00   19 00 00 00 d7 5a 00 00   1a 00 00 00 f1 5a 00 00
//      |------|    |------|      |------|    |------|      |------|    |------|
//
// What repeats from record to record is short, and costs little as long as
// every match has the offset of the one before. But most of these bytes also
// occur farther away, one or two bytes longer: a parse that takes the longest
// match has a new offset in each. So a block is looked at for such a distance
// first, and its parses prefer it.
#pragma once

#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

struct PeriodShared {
  uint32_t repeats[kMaxPeriod + 1];  // samples that repeat, by distance
};

// Positions of a block of `n` bytes that are looked at.
GPU_ZSTD_FN uint32_t period_samples(uint32_t n) {
  return n <= kFewSamplesUpTo ? kPeriodSamples / 2 : kPeriodSamples;
}

// Those positions, spread over the block without a period of their own.
GPU_ZSTD_FN uint32_t period_sample(uint32_t sample, uint32_t n) {
  const uint32_t room = n - kMaxPeriod - sizeof(uint32_t);
  const uint64_t place = sample * 2654435761u;
  return kMaxPeriod + static_cast<uint32_t>(place * room >> 32);
}

// Counts the samples that repeat three bytes, in independent tasks for threads
// that have nothing else to do (Exec::beside()).
template <class Exec>
class CountRepeats {
 public:
  // Clears the counts; before the tasks there has to be a barrier.
  GPU_ZSTD_FN CountRepeats(Exec& x, const uint8_t* data, uint32_t n,
                           PeriodShared& shared)
      : x_(x), data_(data), n_(n), shared_(shared) {
    x.prelude([&](uint32_t thread) {
      for (uint32_t d = thread; d <= kMaxPeriod; d += x.threads()) {
        shared.repeats[d] = 0;
      }
    });
  }

  // None in short blocks.
  GPU_ZSTD_FN uint32_t tasks() const {
    if (n_ < 4 * kMaxPeriod) return 0;
    return kMaxPeriod * (period_samples(n_) / kTogether);
  }

  GPU_ZSTD_FN void operator()(uint32_t task) const {
    const uint32_t distance = task % kMaxPeriod + 1;
    const uint32_t first = task / kMaxPeriod * kTogether;
    uint32_t count = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kTogether; ++k) {
      const uint32_t i = period_sample(first + k, n_);
      const uint32_t differs = read32(data_, i) ^ read32(data_, i - distance);
      count += differs << 8 == 0 ? 1 : 0;
    }
    if (count > 0) x_.add(&shared_.repeats[distance], count);
  }

 private:
  static constexpr uint32_t kTogether = 8;
  static_assert(kPeriodSamples / 2 % kTogether == 0);

  Exec& x_;
  const uint8_t* data_;
  uint32_t n_;
  PeriodShared& shared_;
};

// The distance from 2 to kMaxPeriod at which most samples of a block of `n`
// bytes repeat (of about equals the shortest), if they are enough and it is not
// that most of them repeat the byte before; else 0.
template <class Exec>
GPU_ZSTD_FN uint32_t likely_period(Exec& x, uint32_t n, const PeriodShared& s) {
  const uint32_t least = period_samples(n) / kPeriodShare;
  uint32_t period = 0;
  // Each warp for itself: that takes one barrier.
  x.warps(x.threads() / kWarpThreads, [&](auto& warp, uint32_t) {
    using Warp = std::remove_reference_t<decltype(warp)>;
    typename Warp::template PerThread<uint32_t> best(warp);
    warp.phase([&](uint32_t lane) {
      for (uint32_t d = 2 + lane; d <= kMaxPeriod; d += kWarpThreads) {
        const uint32_t count = s.repeats[d];
        if (count < least || 8 * s.repeats[1] > 7 * count) continue;
        const uint32_t rank =
            2 * count / least * (kMaxPeriod + 1) + kMaxPeriod - d;
        best[lane] = rank > best[lane] ? rank : best[lane];
      }
    });
    const uint32_t rank = warp.max(best);
    period = rank != 0 ? kMaxPeriod - rank % (kMaxPeriod + 1) : 0;
  });
  return period;
}

// How long position i, which may lie behind the block's end, matches at the
// period. Few matches are longer than the first look.
GPU_ZSTD_FN uint32_t period_length(const uint8_t* data, uint32_t n, uint32_t i,
                                   uint32_t period) {
  if (i >= n || i < period) return 0;
  const uint32_t limit = smaller(n - i, kMaxParsedMatch);
  const uint32_t equal = equal_bytes8(data, i, i - period);
  if (equal < 8 || limit <= 8) return smaller(equal, limit);
  return match_length_beyond(data, i, i - period, 8, limit);
}

}  // namespace gpu_zstd
