// insert_long_grams() on a GPU: one warp walks the block in order, 64 positions
// a step. A lane has two neighbours, the even one of which it inserts; lanes
// hold them from the last to the first, so that of equal hashes the latest
// stays (see insert_cuda.cuh, also for what happens where that is not so).
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert_cuda.cuh"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

struct LongHashes {
  uint32_t even;
  uint32_t odd;
};

// Hashes of positions 2 pair and 2 pair + 1.
__device__ __forceinline__ LongHashes long_hashes(const uint8_t* data,
                                                  uint32_t pair,
                                                  uint32_t bits) {
  static_assert(kLongGram == 8);
  const uint32_t* words = reinterpret_cast<const uint32_t*>(data) + (pair >> 1);
  const uint32_t shift = (pair & 1u) * 16;
  const uint32_t third = words[2];
  const uint32_t low = __funnelshift_r(words[0], words[1], shift);
  const uint32_t high = __funnelshift_r(words[1], third, shift);
  return {hash_words(low, high, bits),
          hash_words(__funnelshift_r(low, high, 8),
                     __funnelshift_r(high, third >> shift, 8), bits)};
}

// The same of all pairs of `groups` groups into their places, by all threads of
// the CTA.
__device__ __forceinline__ void store_all_long_hashes(const uint8_t* data,
                                                      uint32_t groups,
                                                      uint32_t bits,
                                                      uint32_t* halves) {
  const uint32_t end = groups * kWarpThreads;
  for (uint32_t pair = threadIdx.x; pair < end; pair += blockDim.x) {
    const LongHashes hashes = long_hashes(data, pair, bits);
    halves[pair] = hashes.even | hashes.odd << 16;
  }
}

// Those of one pair, or what stands in its place.
template <bool kHashed>
__device__ __forceinline__ LongHashes load_long_hashes(const uint8_t* data,
                                                       uint32_t pair,
                                                       uint32_t bits,
                                                       const uint32_t* halves) {
  if constexpr (!kHashed) return long_hashes(data, pair, bits);
  const uint32_t both = halves[pair];
  return {both & 0xFFFFu, both >> 16};
}

// The pair that a lane holds of the group that begins with pair `first`.
__device__ __forceinline__ uint32_t pair_in_group(uint32_t first) {
  return first + 31 - (threadIdx.x & 31u);
}

// Looks up and inserts the lane's pair. Without lane order the lanes of equal
// hash find the one that may store.
__device__ __forceinline__ uint32_t serve_pair(uint16_t* heads,
                                               const LongHashes& hashes,
                                               uint32_t pair, bool lane_order) {
  volatile uint16_t* even = heads + hashes.even;
  volatile uint16_t* odd = heads + hashes.odd;
  const uint32_t earlier = *even | static_cast<uint32_t>(*odd) << 16;
  bool stores = true;
  if (!lane_order) {
    const uint32_t equal =
        __match_any_sync(CudaWarpExec::kAllLanes, hashes.even);
    stores = (equal & ((1u << (threadIdx.x & 31u)) - 1)) == 0;
    __syncwarp();
  }
  if (stores) *even = static_cast<uint16_t>(pair);
  if (!lane_order) __syncwarp();
  return earlier;
}

// Fills `halves`, two positions a word, of `groups` groups of kLongGroup
// positions; called by one warp. `kHashed`: the hashes lie there already.
template <bool kHashed>
__device__ __forceinline__ void insert_long_by_warp(
    const uint8_t* data, uint32_t groups, uint32_t bits, uint16_t* heads,
    uint32_t* halves, bool lane_order) {
  static_assert(kLongGroup == 2 * kWarpThreads);
  const uint32_t end = groups * kWarpThreads;
  constexpr uint32_t kStep = kWarpThreads * kLongInsertUnroll;
  uint32_t first = 0;
  if (lane_order && end >= kStep) {
    LongHashes next[kLongInsertUnroll];
    const auto load = [&](uint32_t from) {
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kLongInsertUnroll; ++k) {
        const uint32_t pair = pair_in_group(from + k * kWarpThreads);
        next[k] = load_long_hashes<kHashed>(data, pair, bits, halves);
      }
    };
    load(0);
    for (; first + kStep <= end; first += kStep) {
      LongHashes hashes[kLongInsertUnroll];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kLongInsertUnroll; ++k) hashes[k] = next[k];
      load(first + 2 * kStep <= end ? first + kStep : first);
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kLongInsertUnroll; ++k) {
        const uint32_t pair = pair_in_group(first + k * kWarpThreads);
        halves[pair] = serve_pair(heads, hashes[k], pair, true);
      }
    }
  }
  for (; first < end; first += kWarpThreads) {
    const uint32_t pair = pair_in_group(first);
    const LongHashes hashes =
        load_long_hashes<kHashed>(data, pair, bits, halves);
    __syncwarp();
    halves[pair] = serve_pair(heads, hashes, pair, lane_order);
    __syncwarp();
  }
}

}  // namespace gpu_zstd
