// Match lengths of neighbouring positions on a GPU. Where a position and its
// right neighbour match at the same offset, the left one's length is the right
// one's plus 1; only the last position of such a run compares bytes:
//
//   offset    7 7 7 7 0 9 9 9 5 5        0: no match
//   tails           ^       ^   ^        compared; the others count up
//
// A warp takes a row of the block from its last stretch of 256 positions to the
// first. The tails of a stretch wait in a queue; a lane that is done with one
// takes the next, so that a long match holds up no other.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

inline constexpr uint32_t kStretch = kWarpThreads * kStretchGroups;

// One warp's scratch.
struct RunScratch {
  uint32_t tails[kStretch];   // place in the stretch | offset << 8
  uint8_t lengths[kStretch];  // of the tails
};
static_assert(kStretch <= 256);

// Calls f(first position) for each stretch of the block, so that each warp gets
// a row of them from right to left. Ends with the CTA's barrier.
template <class F>
__device__ __forceinline__ void stretches_leftwards(uint32_t n, F f) {
  const uint32_t stretches = (n + kStretch - 1) / kStretch;
  const uint32_t warps = blockDim.x >> 5;
  const uint32_t per_warp = (stretches + warps - 1) / warps;
  const uint32_t begin = (threadIdx.x >> 5) * per_warp;
  const uint32_t end =
      begin + per_warp < stretches ? begin + per_warp : stretches;
  for (uint32_t s = end; s-- > begin;) f(s * kStretch);
  __syncthreads();
}

// The run that a warp is in.
class RunLengths {
 public:
  // Lengths of the matches at positions first + 32 k + lane with offsets[k]
  // (0: none), at most kMaxParsedMatch. The first `known` bytes of each are
  // known to match. All lanes of the warp call it.
  __device__ __forceinline__ void find(
      const uint8_t* data, uint32_t n, uint32_t first,
      const uint32_t (&offsets)[kStretchGroups], uint32_t known,
      RunScratch& scratch, uint32_t (&lengths)[kStretchGroups]) {
    uint32_t ends[kStretchGroups];
    const uint32_t count = queue_tails(offsets, scratch, ends);
    __syncwarp();
    compare_tails(data, n, first, count, known, scratch);
    __syncwarp();
    count_up(n, first, offsets, ends, scratch, lengths);
    __syncwarp();
  }

 private:
  // Queues the tails and tells where each group's runs end, a bit each.
  __device__ __forceinline__ uint32_t
  queue_tails(const uint32_t (&offsets)[kStretchGroups], RunScratch& scratch,
              uint32_t (&ends)[kStretchGroups]) {
    const uint32_t lane = threadIdx.x & 31u;
    uint32_t beyond = offset_;
    uint32_t count = 0;
    GPU_ZSTD_UNROLL
    for (uint32_t k = kStretchGroups; k-- > 0;) {
      uint32_t right = __shfl_down_sync(CudaWarpExec::kAllLanes, offsets[k], 1);
      if (lane == 31) right = beyond;
      beyond = __shfl_sync(CudaWarpExec::kAllLanes, offsets[k], 0);
      const bool tail = offsets[k] != 0 && right != offsets[k];
      const uint32_t tails = __ballot_sync(CudaWarpExec::kAllLanes, tail);
      ends[k] = tails | __ballot_sync(CudaWarpExec::kAllLanes, offsets[k] == 0);
      if (tail) {
        scratch.tails[count + count_ones(tails & ((1u << lane) - 1))] =
            (k * 32 + lane) | offsets[k] << 8;
      }
      count += count_ones(tails);
    }
    return count;
  }

  __device__ __forceinline__ static void compare_tails(
      const uint8_t* data, uint32_t n, uint32_t first, uint32_t count,
      uint32_t known, RunScratch& scratch) {
    const uint32_t below = (1u << (threadIdx.x & 31u)) - 1;
    uint32_t next = 0;
    uint32_t place = kStretch;  // none
    uint32_t i = 0;
    uint32_t j = 0;
    uint32_t length = 0;
    uint32_t room = 0;
    for (;;) {
      const uint32_t idle =
          __ballot_sync(CudaWarpExec::kAllLanes, place == kStretch);
      if (place == kStretch) {
        const uint32_t take = next + count_ones(idle & below);
        if (take < count) {
          const uint32_t tail = scratch.tails[take];
          place = tail & 255u;
          i = first + place;
          j = i - (tail >> 8);
          room = smaller(n - i, kMaxParsedMatch);
          length = known;
        }
      }
      next += count_ones(idle);
      if (!__any_sync(CudaWarpExec::kAllLanes, place != kStretch)) break;
      if (place == kStretch) continue;
      bool done = length >= room;
      if (!done) {
        const uint32_t equal = equal_bytes8(data, i + length, j + length);
        length += equal;
        done = equal < 8 || length >= room;
      }
      if (done) {
        scratch.lengths[place] = static_cast<uint8_t>(smaller(length, room));
        place = kStretch;
      }
    }
  }

  __device__ __forceinline__ void count_up(
      uint32_t n, uint32_t first, const uint32_t (&offsets)[kStretchGroups],
      const uint32_t (&ends)[kStretchGroups], const RunScratch& scratch,
      uint32_t (&lengths)[kStretchGroups]) {
    const uint32_t lane = threadIdx.x & 31u;
    GPU_ZSTD_UNROLL
    for (uint32_t k = kStretchGroups; k-- > 0;) {
      const uint32_t right = ends[k] >> lane;
      const uint32_t away = right != 0 ? lowest_bit(right) : 32 - lane;
      const uint32_t at_end =
          right != 0 ? scratch.lengths[k * 32 + lane + away] : length_;
      const uint32_t i = first + k * 32 + lane;
      const uint32_t room = i < n ? smaller(n - i, kMaxParsedMatch) : 0;
      lengths[k] = offsets[k] != 0 ? smaller(away + at_end, room) : 0;
      length_ = __shfl_sync(CudaWarpExec::kAllLanes, lengths[k], 0);
    }
    offset_ = __shfl_sync(CudaWarpExec::kAllLanes, offsets[0], 0);
  }

  uint32_t offset_ = 0;  // of the position right of the stretch
  uint32_t length_ = 0;
};

}  // namespace gpu_zstd
