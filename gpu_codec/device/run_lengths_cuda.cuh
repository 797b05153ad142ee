// Match lengths of neighbouring positions on a GPU. Where a position and its
// right neighbour match at the same offset, the left one's length is the right
// one's plus 1; only the last position of such a run compares bytes:
//
//   offset    7 7 7 7 0 9 9 9 5 5        0: no match
//   tails           ^       ^   ^        compared; the others count up
//
// A warp takes the groups of its part of the block from the last to the first.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/params.h"

namespace gpu_zstd {

// Calls f(warp_first) for each group of 32 positions of the block, so that each
// warp gets a row of them from right to left; `begin_part` before its first.
template <class Begin, class F>
__device__ __forceinline__ void groups_leftwards(CudaBlockExec& x, uint32_t n,
                                                 Begin begin_part, F f) {
  const uint32_t groups = (n + 31) / 32;
  const uint32_t warps = blockDim.x >> 5;
  const uint32_t per_warp = (groups + warps - 1) / warps;
  const uint32_t begin = (threadIdx.x >> 5) * per_warp;
  const uint32_t end = begin + per_warp < groups ? begin + per_warp : groups;
  begin_part();
  for (uint32_t g = end; g-- > begin;) f(g * 32);
  __syncthreads();
}

// The run that a warp is in.
class RunLengths {
 public:
  __device__ __forceinline__ void begin_part() {
    offset_ = 0;
    length_ = 0;
  }

  // Length of the match at position i with `offset`, at most kMaxParsedMatch;
  // 0 for offset 0. The first `known` bytes are known to match. All lanes of
  // the warp call it with positions of one group.
  __device__ __forceinline__ uint32_t length(const uint8_t* data, uint32_t n,
                                             uint32_t i, uint32_t offset,
                                             uint32_t known) {
    const uint32_t lane = threadIdx.x & 31u;
    uint32_t right = __shfl_down_sync(CudaWarpExec::kAllLanes, offset, 1);
    if (lane == 31) right = offset_;
    const bool tail = offset != 0 && right != offset;
    const uint32_t room = n - i < kMaxParsedMatch ? n - i : kMaxParsedMatch;
    uint32_t compared = 0;
    if (tail) {
      compared = known < room
                     ? known + match_length(data, i + known, i - offset + known,
                                            room - known)
                     : room;
    }
    const uint32_t ends =
        __ballot_sync(CudaWarpExec::kAllLanes, tail || offset == 0) >> lane;
    const uint32_t away = ends != 0 ? lowest_bit(ends) : 32 - lane;
    const uint32_t at_tail =
        __shfl_sync(CudaWarpExec::kAllLanes, compared, (lane + away) & 31u);
    uint32_t result = away + (ends != 0 ? at_tail : length_);
    if (offset == 0) result = 0;
    if (result > room) result = room;
    offset_ = __shfl_sync(CudaWarpExec::kAllLanes, offset, 0);
    length_ = __shfl_sync(CudaWarpExec::kAllLanes, result, 0);
    return result;
  }

 private:
  uint32_t offset_;  // of the position right of the group
  uint32_t length_;
};

}  // namespace gpu_zstd
