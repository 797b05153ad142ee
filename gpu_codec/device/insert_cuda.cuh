// insert_grams() on a GPU: one warp walks the block in order, 32 positions a
// step, and keeps the heads in shared memory.
//
// The quick way rests on the order in which a warp's lanes are served:
//  - of lanes that store to one address, the lowest stays (lanes hold the
//    positions of a group from the last to the first, so the latest stays);
//  - lanes that exchange with one address do so from the lowest to the highest.
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

// One group's step in lane order. Inexact: lane 0 has the last position.
template <bool kExact, class Head>
__device__ __forceinline__ Head serve_in_lane_order(Head* heads, uint32_t hash,
                                                    uint32_t i) {
  if constexpr (kExact) {
    return atomicExch(heads + hash, i);
  } else {
    volatile Head* head = heads + hash;
    const Head earlier = *head;
    *head = static_cast<Head>(i);
    return earlier;
  }
}

// The same by finding equal hashes first; all lanes take part. Lanes without a
// gram have a hash of their own.
template <bool kExact, class Head>
__device__ __forceinline__ Head serve_by_matching(Head* heads, uint32_t hash,
                                                  uint32_t i, bool has_gram) {
  const uint32_t lane = threadIdx.x & 31u;
  const uint32_t key = has_gram ? hash : 0x80000000u | lane;
  const uint32_t equal = __match_any_sync(CudaWarpExec::kAllLanes, key);
  Head earlier = has_gram ? heads[hash] : Head(0);
  __syncwarp();
  const uint32_t lower = equal & ((1u << lane) - 1);
  const uint32_t higher = equal & ~((2u << lane) - 1);
  const bool last = kExact ? higher == 0 : lower == 0;
  if (has_gram && last) heads[hash] = static_cast<Head>(i);
  if constexpr (kExact) {
    if (lower != 0) earlier = static_cast<Head>(i - lane + highest_bit(lower));
  }
  __syncwarp();
  return earlier;
}

template <uint32_t kGram, bool kExact, class Head, class Index>
__device__ __forceinline__ void insert_group(const uint8_t* data,
                                             uint32_t positions, uint32_t group,
                                             uint32_t bits, Head* heads,
                                             Index* previous, bool lane_order) {
  const uint32_t lane = threadIdx.x & 31u;
  const uint32_t i = group + (kExact ? lane : kInsertGroup - 1 - lane);
  const bool has_gram = i < positions;
  const uint32_t hash = has_gram ? gram_hash<kGram>(data, i, bits) : 0;
  if (lane_order) {
    if (has_gram) {
      previous[i] =
          static_cast<Index>(serve_in_lane_order<kExact>(heads, hash, i));
    }
  } else {
    const Head earlier = serve_by_matching<kExact>(heads, hash, i, has_gram);
    if (has_gram) previous[i] = static_cast<Index>(earlier);
  }
  __syncwarp();
}

// Fills previous[0 .. positions) in lane order; called by one warp. The hashes
// lie where the previous positions go. Returns the positions done: whole steps.
template <bool kExact, class Head, class Index>
__device__ __forceinline__ uint32_t insert_hashed(uint32_t positions,
                                                  Head* heads,
                                                  Index* previous) {
  constexpr uint32_t kStep = kInsertGroup * kInsertUnroll;
  const uint32_t lane = threadIdx.x & 31u;
  const uint32_t first = kExact ? lane : kInsertGroup - 1 - lane;
  uint32_t group = 0;
  for (; group + kStep <= positions; group += kStep) {
    Index slots[kInsertUnroll];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kInsertUnroll; ++k) {
      slots[k] = previous[group + k * kInsertGroup + first];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kInsertUnroll; ++k) {
      slots[k] = static_cast<Index>(serve_in_lane_order<kExact>(
          heads, slots[k], group + k * kInsertGroup + first));
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kInsertUnroll; ++k) {
      previous[group + k * kInsertGroup + first] = slots[k];
    }
  }
  return group;
}

// The same without the hashes at hand.
template <uint32_t kGram, bool kExact, class Head, class Index>
__device__ __forceinline__ uint32_t insert_hashing(const uint8_t* data,
                                                   uint32_t positions,
                                                   uint32_t bits, Head* heads,
                                                   Index* previous) {
  constexpr uint32_t kStep = kInsertGroup * kInsertUnroll;
  const uint32_t lane = threadIdx.x & 31u;
  const uint32_t first = kExact ? lane : kInsertGroup - 1 - lane;
  uint32_t group = 0;
  for (; group + kStep <= positions; group += kStep) {
    uint32_t hash[kInsertUnroll];
    Head earlier[kInsertUnroll];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kInsertUnroll; ++k) {
      hash[k] = gram_hash<kGram>(data, group + k * kInsertGroup + first, bits);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kInsertUnroll; ++k) {
      earlier[k] = serve_in_lane_order<kExact>(
          heads, hash[k], group + k * kInsertGroup + first);
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kInsertUnroll; ++k) {
      previous[group + k * kInsertGroup + first] =
          static_cast<Index>(earlier[k]);
    }
  }
  return group;
}

// Fills previous[0 .. positions); called by one warp. `hashed`: the hashes lie
// in `previous` already.
template <uint32_t kGram, bool kExact, class Head, class Index>
__device__ __forceinline__ void insert_by_warp(const uint8_t* data,
                                               uint32_t positions,
                                               uint32_t bits, Head* heads,
                                               Index* previous, bool lane_order,
                                               bool hashed) {
  uint32_t group = 0;
  if (lane_order && hashed) {
    group = insert_hashed<kExact>(positions, heads, previous);
  } else if (lane_order) {
    group =
        insert_hashing<kGram, kExact>(data, positions, bits, heads, previous);
  }
  for (; group < positions; group += kInsertGroup) {
    insert_group<kGram, kExact>(data, positions, group, bits, heads, previous,
                                lane_order);
  }
}

}  // namespace gpu_zstd
