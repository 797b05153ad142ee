// The search of lazy.h on a GPU. Where a position and its right neighbour match
// at the same offset, the left one's length is the right one's plus 1; only the
// last position of such a run compares bytes:
//
//   offset    7 7 7 7 0 9 9 9 5 5        0: no match
//   tails           ^       ^   ^        compared; the others count up
//
// A warp takes a row of the block from its last position to its first. Tails
// wait in a queue; a lane that is done with one takes the next, so that a long
// match holds up no other. A second walk counts up, chooses, and finds where
// each position leads beyond its word (exits, as in parse_cuda.cuh).
#pragma once

#include <cstdint>

#include "gpu_codec/device/candidates.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lazy_choice.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/parse_cuda.cuh"
#include "gpu_codec/device/search.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// One warp's tails in a ring: place in the row | offset << kTailPlaceBits.
struct TailQueue {
  static constexpr uint32_t kTails = 256;
  uint32_t tails[kTails];
};
static_assert(TailQueue::kTails >= kWarpThreads * (kSearchGroups + 2));

inline constexpr uint32_t kTailPlaceBits = 32 - kOffsetBits;
static_assert(kLazyRow <= 1u << kTailPlaceBits);

// What the search works on. Arrays have room for whole rows.
template <class Index>
struct SearchedBlock {
  const uint8_t* data;
  uint32_t n;
  Index* offsets;          // the latest positions before
  uint8_t* lengths;        // of each position's match; written
  uint8_t* exits;          // of each position; written
  const uint16_t* halves;  // of the table of long grams, or null
  uint32_t* choices;  // bits of positions that take a match; written by word
  uint32_t* entries;  // set to kNoEntry
};

// The search of one row by a warp, kSearchGroups groups at a time from the
// right. What a step loads it loads before it stores anything.
template <class Index>
class RowSearch {
 public:
  __device__ __forceinline__ RowSearch(const SearchedBlock<Index>& block,
                                       TailQueue& queue, uint32_t begin)
      : block_(block), queue_(queue), begin_(begin) {}

  // Offsets of the row, and the lengths of its tails.
  __device__ __forceinline__ void find_tails() {
    uint32_t beyond = 0;  // lane 0: the offset right of the group
    for_each_step([&](uint32_t first) {
      uint32_t offsets[kSearchGroups];
      load_offsets(first, offsets);
      GPU_ZSTD_UNROLL
      for (uint32_t k = kSearchGroups; k-- > 0;) {
        const uint32_t i = first + k * kWarpThreads + lane();
        const uint32_t right = from_right(offsets[k], beyond, 1);
        beyond = offsets[k];
        push(offsets[k] != 0 && right != offsets[k], i - begin_, offsets[k]);
        block_.offsets[i] = static_cast<Index>(offsets[k]);
      }
      __syncwarp();
      compare(first == begin_);
    });
  }

  // Counts up from the tails and chooses.
  __device__ __forceinline__ void choose() {
    uint32_t beyond = 0;         // lane 0: the offset right of the group
    uint32_t beyond_length = 0;  // the length there
    uint32_t beyond_gain = 0;    // lanes 0 and 1: the gains there
    for_each_step([&](uint32_t first) {
      uint32_t lengths[kSearchGroups];
      uint32_t gains[kSearchGroups];
      count_up(first, beyond, beyond_length, lengths, gains);
      choose_groups(first, lengths, gains, beyond_gain);
    });
  }

 private:
  static constexpr uint32_t kAll = CudaWarpExec::kAllLanes;
  static constexpr uint32_t kStep = kWarpThreads * kSearchGroups;
  static_assert(kLazyRow % kStep == 0);

  __device__ __forceinline__ static uint32_t lane() {
    return threadIdx.x & 31u;
  }

  // Calls f(first position) for each step of the row, the last one first.
  template <class F>
  __device__ __forceinline__ void for_each_step(F f) {
#pragma unroll 1
    for (uint32_t first = begin_ + kLazyRow; first > begin_;) {
      first -= kStep;
      f(first);
    }
  }

  // The value `distance` lanes to the right. Lanes below `distance` hold in
  // `beyond` the values of the group on the right.
  __device__ __forceinline__ static uint32_t from_right(uint32_t value,
                                                        uint32_t beyond,
                                                        uint32_t distance) {
    return __shfl_sync(kAll, lane() < distance ? beyond : value,
                       (lane() + distance) & 31u);
  }

  // Offsets of the latest occurrences that do match; 0 for none.
  __device__ __forceinline__ void load_offsets(
      uint32_t first, uint32_t (&offsets)[kSearchGroups]) const {
    uint32_t from[kSearchGroups];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      const Index j = block_.offsets[i];
      from[k] = j != kNoPosition<Index> ? j : i;
    }
    if (block_.halves != nullptr) return use_long_grams(first, from, offsets);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      offsets[k] = latest_offset(block_.data, i, from[k]);
    }
  }

  __device__ __forceinline__ void use_long_grams(
      uint32_t first, const uint32_t (&from)[kSearchGroups],
      uint32_t (&offsets)[kSearchGroups]) const {
    uint16_t halves[kSearchGroups];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      halves[k] = block_.halves[first + k * kWarpThreads + lane()];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      offsets[k] = latest_or_long_offset(block_.data, i, from[k], halves[k]);
    }
  }

  __device__ __forceinline__ void push(bool tail, uint32_t place,
                                       uint32_t offset) {
    const uint32_t tails = __ballot_sync(kAll, tail);
    const uint32_t to = pushed_ + count_bits(tails & ((1u << lane()) - 1));
    if (tail) {
      queue_.tails[to % TailQueue::kTails] = place | offset << kTailPlaceBits;
    }
    pushed_ += count_bits(tails);
  }

  // Compares until fewer tails wait than there are lanes, or all are done.
  __device__ __forceinline__ void compare(bool all) {
    for (;;) {
      const uint32_t waiting = pushed_ - taken_;
      if (!all && waiting < kWarpThreads) break;
      const uint32_t idle = __ballot_sync(kAll, !busy_);
      if (waiting == 0 && count_bits(~idle) <= kSharedCompares) {
        compare_together(~idle);
        break;
      }
      const uint32_t mine = count_bits(idle & ((1u << lane()) - 1));
      if (!busy_ && mine < waiting) {
        const uint32_t tail = queue_.tails[(taken_ + mine) % TailQueue::kTails];
        busy_ = true;
        at_ = begin_ + (tail & ((1u << kTailPlaceBits) - 1));
        offset_ = tail >> kTailPlaceBits;
        length_ = 4;
      }
      taken_ += smaller(count_bits(idle), waiting);
      if (busy_) step();
    }
    __syncwarp();
  }

  __device__ __forceinline__ void step() {
    const uint32_t i = at_ + length_;
    const uint32_t equal = equal_bytes8(block_.data, i, i - offset_);
    length_ += equal;
    const bool at_end = length_ >= kMaxParsedMatch || at_ + length_ >= block_.n;
    if (equal < 8 || at_end) finish(length_);
  }

  __device__ __forceinline__ void finish(uint32_t length) {
    const uint32_t room = smaller(block_.n - at_, kMaxParsedMatch);
    block_.lengths[at_] = static_cast<uint8_t>(smaller(length, room));
    busy_ = false;
  }

  // The last few compares of a row, one after the other by all lanes.
  __device__ __forceinline__ void compare_together(uint32_t busy) {
    for (; busy != 0; busy &= busy - 1) {
      const uint32_t owner = lowest_bit(busy);
      const uint32_t at = __shfl_sync(kAll, at_, owner);
      const uint32_t offset = __shfl_sync(kAll, offset_, owner);
      const uint32_t length = __shfl_sync(kAll, length_, owner);
      const uint32_t i = smaller(at + length + 8 * lane(), block_.n);
      const uint32_t equal = equal_bytes8(block_.data, i, i - offset);
      const uint32_t differ = __ballot_sync(kAll, equal < 8);
      const uint32_t last = differ != 0 ? lowest_bit(differ) : 31;
      const uint32_t beyond = 8 * last + __shfl_sync(kAll, equal, last);
      if (lane() == owner) finish(length + beyond);
    }
  }

  // Lengths and gains of a step's groups.
  __device__ __forceinline__ void count_up(uint32_t first, uint32_t& beyond,
                                           uint32_t& beyond_length,
                                           uint32_t (&lengths)[kSearchGroups],
                                           uint32_t (&gains)[kSearchGroups]) {
    uint32_t offsets[kSearchGroups];
    uint32_t away[kSearchGroups];  // to where the run ends; 32: further on
    uint32_t at_end[kSearchGroups];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      offsets[k] = block_.offsets[first + k * kWarpThreads + lane()];
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSearchGroups; k-- > 0;) {
      const uint32_t right = from_right(offsets[k], beyond, 1);
      beyond = offsets[k];
      const uint32_t ends = __ballot_sync(kAll, right != offsets[k]) >> lane();
      away[k] = ends != 0 ? lowest_bit(ends) : kWarpThreads;
      const bool known = offsets[k] != 0 && away[k] < kWarpThreads;
      const uint32_t i = first + k * kWarpThreads + lane();
      at_end[k] = known ? block_.lengths[i + away[k]] : 0;
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSearchGroups; k-- > 0;) {
      const uint32_t counted = away[k] < kWarpThreads
                                   ? away[k] + at_end[k]
                                   : kWarpThreads - lane() + beyond_length;
      lengths[k] = offsets[k] != 0 ? smaller(counted, kMaxParsedMatch) : 0;
      beyond_length = __shfl_sync(kAll, lengths[k], 0);
      gains[k] = lazy_gain(offsets[k], lengths[k]);
    }
    __syncwarp();
  }

  // Choices of a step's groups, and where they lead.
  __device__ __forceinline__ void choose_groups(
      uint32_t first, const uint32_t (&lengths)[kSearchGroups],
      const uint32_t (&gains)[kSearchGroups], uint32_t& beyond_gain) {
    uint32_t next[kSearchGroups];
    uint32_t choices[kSearchGroups];
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSearchGroups; k-- > 0;) {
      const bool takes =
          takes_match(gains[k], from_right(gains[k], beyond_gain, 1),
                      from_right(gains[k], beyond_gain, 2));
      beyond_gain = gains[k];
      choices[k] = __ballot_sync(kAll, takes);
      next[k] = lane() + (takes ? lengths[k] : 1);
    }
    follow_in_words(next);
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      block_.lengths[i] = static_cast<uint8_t>(lengths[k]);
      block_.exits[i] = static_cast<uint8_t>(next[k] - kWarpThreads);
    }
    // A lane for each word.
    uint32_t own = choices[0];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 1; k < kSearchGroups; ++k) {
      if (lane() == k) own = choices[k];
    }
    if (lane() < kSearchGroups) {
      block_.choices[first / kWarpThreads + lane()] = own;
      block_.entries[first / kWarpThreads + lane()] = kNoEntry;
    }
    __syncwarp();
  }

  const SearchedBlock<Index>& block_;
  TailQueue& queue_;
  uint32_t begin_;
  uint32_t pushed_ = 0;
  uint32_t taken_ = 0;
  bool busy_ = false;
  uint32_t at_ = 0;  // the tail a lane is at
  uint32_t offset_ = 0;
  uint32_t length_ = 0;
};

// Matches, choices and exits of all positions, a row by each warp.
template <class Index>
__device__ __forceinline__ void search_rows(CudaBlockExec& x,
                                            const SearchedBlock<Index>& block,
                                            TailQueue* queues) {
  const uint32_t rows = (block.n + kLazyRow - 1) / kLazyRow;
  x.warps(rows, [&](CudaWarpExec&, uint32_t r) {
    RowSearch<Index> row(block, queues[threadIdx.x >> 5], r * kLazyRow);
    row.find_tails();
    row.choose();
  });
}

}  // namespace gpu_zstd
