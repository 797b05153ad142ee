// The compares of lazy_search_cuda.cuh. Tails wait in a queue; a lane that is
// done with one takes the next, so that a long match holds up no other.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

// One warp's tails in a ring: place | offset << kTailPlaceBits.
struct TailQueue {
  static constexpr uint32_t kTails = 256;
  uint32_t tails[kTails];
};
static_assert(TailQueue::kTails >= kWarpThreads * (kSearchGroups + 2));

inline constexpr uint32_t kTailPlaceBits = 32 - kOffsetBits;
static_assert(kLazyRow <= 1u << kTailPlaceBits &&
              kSmallBlockBytes <= 1u << kTailPlaceBits);

// The tails of the positions that a warp has, and what they match at their
// offsets; places are counted from position `begin`. All lanes of the warp call
// everything.
class TailCompares {
 public:
  // `lengths` are those by place, written.
  __device__ __forceinline__ TailCompares(const uint8_t* data, uint32_t n,
                                          uint32_t begin, uint8_t* lengths,
                                          TailQueue& queue)
      : data_(data), n_(n), begin_(begin), lengths_(lengths), queue_(queue) {}

  // Queues the lanes' tails, each at its place.
  __device__ __forceinline__ void push(bool tail, uint32_t place,
                                       uint32_t offset) {
    const uint32_t tails = __ballot_sync(kAll, tail);
    const uint32_t to = pushed_ + count_ones(tails & ((1u << lane()) - 1));
    if (tail) {
      queue_.tails[to % TailQueue::kTails] = place | offset << kTailPlaceBits;
    }
    pushed_ += count_ones(tails);
  }

  // Compares until fewer tails wait than there are lanes, or all are done.
  __device__ __forceinline__ void run(bool all) {
    for (;;) {
      const uint32_t waiting = pushed_ - taken_;
      if (!all && waiting < kWarpThreads) break;
      const uint32_t idle = __ballot_sync(kAll, !busy_);
      if (waiting == 0 && count_ones(~idle) <= kSharedCompares) {
        compare_together(~idle);
        break;
      }
      const uint32_t mine = count_ones(idle & ((1u << lane()) - 1));
      if (!busy_ && mine < waiting) {
        const uint32_t tail = queue_.tails[(taken_ + mine) % TailQueue::kTails];
        busy_ = true;
        at_ = begin_ + (tail & ((1u << kTailPlaceBits) - 1));
        offset_ = tail >> kTailPlaceBits;
        length_ = 4;
      }
      taken_ += smaller(count_ones(idle), waiting);
      if (busy_) step();
    }
    __syncwarp();
  }

 private:
  static constexpr uint32_t kAll = CudaWarpExec::kAllLanes;

  __device__ __forceinline__ static uint32_t lane() {
    return threadIdx.x & 31u;
  }

  __device__ __forceinline__ void step() {
    const uint32_t i = at_ + length_;
    const uint32_t equal = equal_bytes8(data_, i, i - offset_);
    length_ += equal;
    const bool at_end = length_ >= kMaxParsedMatch || at_ + length_ >= n_;
    if (equal < 8 || at_end) finish(length_);
  }

  __device__ __forceinline__ void finish(uint32_t length) {
    const uint32_t room = smaller(n_ - at_, kMaxParsedMatch);
    lengths_[at_ - begin_] = static_cast<uint8_t>(smaller(length, room));
    busy_ = false;
  }

  // The last few compares of all, one after the other by all lanes.
  __device__ __forceinline__ void compare_together(uint32_t busy) {
    for (; busy != 0; busy &= busy - 1) {
      const uint32_t owner = lowest_bit(busy);
      const uint32_t at = __shfl_sync(kAll, at_, owner);
      const uint32_t offset = __shfl_sync(kAll, offset_, owner);
      const uint32_t length = __shfl_sync(kAll, length_, owner);
      const uint32_t i = smaller(at + length + 8 * lane(), n_);
      const uint32_t equal = equal_bytes8(data_, i, i - offset);
      const uint32_t differ = __ballot_sync(kAll, equal < 8);
      const uint32_t last = differ != 0 ? lowest_bit(differ) : 31;
      const uint32_t beyond = 8 * last + __shfl_sync(kAll, equal, last);
      if (lane() == owner) finish(length + beyond);
    }
  }

  const uint8_t* data_;
  uint32_t n_;
  uint32_t begin_;
  uint8_t* lengths_;
  TailQueue& queue_;
  uint32_t pushed_ = 0;
  uint32_t taken_ = 0;
  bool busy_ = false;
  uint32_t at_ = 0;  // the tail a lane is at
  uint32_t offset_ = 0;
  uint32_t length_ = 0;
};

}  // namespace gpu_zstd
