// insert_grams() on a GPU: one warp walks the block in order, 32 positions a
// step, and keeps the heads in shared memory.
//
// The quick way rests on the order in which a warp's lanes are served:
//  - lanes that exchange with one address do so from the lowest to the highest;
//  - of lanes that store to one address, the lowest stays; that is for
//    long_table_cuda.cuh.
// CUDA promises neither. The start-up self-test (stages/probe.h) looks
// whether the device behaves so; if not, the lanes of a group that have equal
// hashes find each other first, with the same result.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// Hashes of four positions from `i` on, a multiple of 4, into their places.
template <uint32_t kGram>
__device__ __forceinline__ void store_hashes(const uint8_t* data, uint32_t i,
                                             uint32_t bits,
                                             uint16_t* previous) {
  uint32_t hashes[4];
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < 4; ++k) {
    hashes[k] = gram_hash<kGram>(data, i + k, bits);
  }
  *reinterpret_cast<uint2*>(previous + i) =
      make_uint2(hashes[0] | hashes[1] << 16, hashes[2] | hashes[3] << 16);
}

// The same of `groups` whole groups, by all threads of the CTA.
template <uint32_t kGram>
__device__ __forceinline__ void store_all_hashes(const uint8_t* data,
                                                 uint32_t groups, uint32_t bits,
                                                 uint16_t* previous) {
  const uint32_t end = groups * (kInsertGroup / 4);
  for (uint32_t quad = threadIdx.x; quad < end; quad += blockDim.x) {
    store_hashes<kGram>(data, 4 * quad, bits, previous);
  }
}

// The position that a lane of the insertion holds in its group.
__device__ __forceinline__ uint32_t place_in_group() {
  return threadIdx.x & 31u;
}

// `kGroups` groups in lane order: hashes[k] are those of group k.
template <uint32_t kGroups>
__device__ __forceinline__ void serve_in_lane_order(
    uint32_t* heads, const uint32_t (&hashes)[kGroups], uint32_t first,
    uint32_t (&earlier)[kGroups]) {
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < kGroups; ++k) {
    const uint32_t own = first + k * kInsertGroup + place_in_group();
    earlier[k] = atomicExch(heads + hashes[k], own);
  }
}

// One group by finding equal hashes first.
__device__ __forceinline__ uint32_t serve_by_matching(uint32_t* heads,
                                                      uint32_t hash,
                                                      uint32_t group) {
  const uint32_t lane = threadIdx.x & 31u;
  const uint32_t equal = __match_any_sync(CudaWarpExec::kAllLanes, hash);
  uint32_t earlier = heads[hash];
  __syncwarp();
  const uint32_t lower = equal & ((1u << lane) - 1);
  const uint32_t higher = equal & ~((2u << lane) - 1);
  if (higher == 0) heads[hash] = group + lane;
  if (lower != 0) earlier = group + highest_bit(lower);
  __syncwarp();
  return earlier;
}

// Hashes of `kGroups` groups, or what stands in their places.
template <uint32_t kGram, bool kHashed, uint32_t kGroups, class Index>
__device__ __forceinline__ void load_hashes(const uint8_t* data, uint32_t bits,
                                            const Index* previous,
                                            uint32_t first,
                                            uint32_t (&hashes)[kGroups]) {
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < kGroups; ++k) {
    const uint32_t i = first + k * kInsertGroup + place_in_group();
    hashes[k] = kHashed ? previous[i] : gram_hash<kGram>(data, i, bits);
  }
}

template <uint32_t kGroups, class Index>
__device__ __forceinline__ void store_previous(
    const uint32_t (&earlier)[kGroups], uint32_t first, Index* previous) {
  GPU_ZSTD_UNROLL
  for (uint32_t k = 0; k < kGroups; ++k) {
    previous[first + k * kInsertGroup + place_in_group()] =
        static_cast<Index>(earlier[k]);
  }
}

// Fills previous[] of whole groups from `begin` to `groups`; called by one
// warp. `kHashed`: the hashes lie in `previous` already. `kUnroll`: groups
// under way together.
template <uint32_t kGram, bool kHashed, uint32_t kUnroll, class Index>
__device__ __forceinline__ void insert_by_warp(const uint8_t* data,
                                               uint32_t begin, uint32_t groups,
                                               uint32_t bits, uint32_t* heads,
                                               Index* previous,
                                               bool lane_order) {
  const uint32_t end = groups * kInsertGroup;
  constexpr uint32_t kStep = kInsertGroup * kUnroll;
  uint32_t first = begin * kInsertGroup;
  if (lane_order && first + kStep <= end) {
    uint32_t next[kUnroll];
    load_hashes<kGram, kHashed>(data, bits, previous, first, next);
    for (; first + kStep <= end; first += kStep) {
      uint32_t hashes[kUnroll];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kUnroll; ++k) hashes[k] = next[k];
      const uint32_t ahead = first + 2 * kStep <= end ? first + kStep : first;
      load_hashes<kGram, kHashed>(data, bits, previous, ahead, next);
      uint32_t earlier[kUnroll];
      serve_in_lane_order(heads, hashes, first, earlier);
      store_previous(earlier, first, previous);
    }
  }
  for (; first < end; first += kInsertGroup) {
    uint32_t hash[1];
    uint32_t earlier[1];
    load_hashes<kGram, kHashed>(data, bits, previous, first, hash);
    __syncwarp();
    if (lane_order) {
      serve_in_lane_order(heads, hash, first, earlier);
    } else {
      earlier[0] = serve_by_matching(heads, hash[0], first);
    }
    store_previous(earlier, first, previous);
    __syncwarp();
  }
}

}  // namespace gpu_zstd
