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

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

struct PeriodShared {
  uint32_t best;  // what rank_distance() says of the best
};

// The sample number `sample` of a block of `n` bytes: a position, spread over
// the block without a period of its own.
GPU_ZSTD_FN uint32_t period_sample(uint32_t sample, uint32_t n) {
  const uint32_t room = n - kMaxPeriod - sizeof(uint32_t);
  const uint64_t place = sample * 2654435761u;
  return kMaxPeriod + static_cast<uint32_t>(place * room >> 32);
}

// Looks for a block's period in tasks that warps have time for beside an
// insertion (NothingAside says how). It is the distance from 2 to kMaxPeriod at
// which most samples repeat three bytes (of about equals the shortest), if
// those are `share` of kPeriodParts parts and it is not that most of them
// repeat the byte before.
template <class Exec, uint32_t kSamples>
class SearchPeriod {
 public:
  // Begins; before the tasks there has to be a barrier.
  GPU_ZSTD_FN SearchPeriod(Exec& x, const uint8_t* data, uint32_t n,
                           uint32_t share, PeriodShared& shared)
      : data_(data), n_(n), share_(share), shared_(shared) {
    x.prelude([&](uint32_t thread) {
      if (thread == 0) shared.best = 0;
    });
  }

  // None in short blocks.
  GPU_ZSTD_FN uint32_t tasks(uint32_t warps) const {
    return n_ >= 4 * kMaxPeriod ? smaller(warps, kMaxPeriod / 2) : 0;
  }

  template <class Warp>
  GPU_ZSTD_FN void operator()(Warp& warp, uint32_t task, uint32_t tasks) const {
    typename Warp::template PerThread<Samples> samples(warp);
    warp.phase([&](uint32_t lane) {
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kOfLane; ++k) {
        const uint32_t i = period_sample(k * kWarpThreads + lane, n_);
        samples[lane].places[k] = i;
        samples[lane].bytes[k] = read32(data_, i);
      }
    });
    const uint32_t one_byte = repeats(warp, samples, 1);
    uint32_t best = 0;
    GPU_ZSTD_NO_UNROLL
    for (uint32_t d = 2 + task; d <= kMaxPeriod; d += tasks) {
      const uint32_t count = repeats(warp, samples, d);
      if (count < share_ * kPart || 8 * one_byte > 7 * count) continue;
      const uint32_t rank = rank_distance(count / kPart, d);
      best = rank > best ? rank : best;
    }
    warp.single([&] {
      if (best != 0) Exec::max(&shared_.best, best);
    });
  }

  // What was found, behind the tasks and a barrier; 0 if there is none.
  GPU_ZSTD_FN uint32_t found() const {
    const uint32_t best = shared_.best;
    return best != 0 ? kMaxPeriod - best % (kMaxPeriod + 1) : 0;
  }

 private:
  static constexpr uint32_t kOfLane = kSamples / kWarpThreads;
  static constexpr uint32_t kPart = kSamples / kPeriodParts;
  static_assert(kSamples % kWarpThreads == 0 && kSamples % kPeriodParts == 0);

  // Those of one lane.
  struct Samples {
    uint32_t places[kOfLane];
    uint32_t bytes[kOfLane];
  };

  // Grows with the parts of the samples and falls with the distance.
  GPU_ZSTD_FN static uint32_t rank_distance(uint32_t parts, uint32_t distance) {
    return parts * (kMaxPeriod + 1) + kMaxPeriod - distance;
  }

  // The samples that repeat at a distance.
  template <class Warp>
  GPU_ZSTD_FN uint32_t
  repeats(Warp& warp, typename Warp::template PerThread<Samples>& samples,
          uint32_t distance) const {
    uint32_t count = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kOfLane; ++k) {
      typename Warp::template PerThread<uint32_t> equal(warp);
      warp.phase([&](uint32_t lane) {
        const Samples& own = samples[lane];
        const uint32_t other = read32(data_, own.places[k] - distance);
        equal[lane] = (own.bytes[k] ^ other) << 8 == 0 ? 1 : 0;
      });
      count += count_ones(warp.ballot(equal));
    }
    return count;
  }

  const uint8_t* data_;
  uint32_t n_;
  uint32_t share_;
  PeriodShared& shared_;
};

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
