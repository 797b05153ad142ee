// The search of lazy.h on a GPU. Where a position and its right neighbour match
// at the same offset, the left one's length is the right one's plus 1; only the
// last position of such a run compares bytes:
//
//   offset    7 7 7 7 0 9 9 9 5 5        0: no match
//   tails           ^       ^   ^        compared; the others count up
//
// First the tails are found, a step of positions at a time; a match of a step's
// last position counts as one. Then each row is gone through from its last
// position to its first: a warp counts up, chooses, and finds where each
// position leads beyond its word (exits, as in parse_cuda.cuh). Of blocks that
// lie far both are done row by row.
#pragma once

#include <cstdint>
#include <type_traits>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/device/lazy_choice.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/device/parse_cuda.cuh"
#include "gpu_codec/device/search.h"
#include "gpu_codec/device/tail_compares_cuda.cuh"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// Positions that a warp looks up together.
inline constexpr uint32_t kSearchStep = kWarpThreads * kSearchGroups;
static_assert(kLazyRow % kSearchStep == 0);

// A row of a block whose arrays lie far.
struct LazyRow {
  uint16_t offsets[kLazyRow];
  uint8_t lengths[kLazyRow];
};

// What the search works on. Arrays have room for whole rows.
template <class Index>
struct SearchedBlock {
  const uint8_t* data;
  uint32_t n;
  uint32_t period;         // see period.h
  Index* offsets;          // the latest positions before
  uint8_t* lengths;        // of each position's match; written
  uint8_t* exits;          // of each position; written
  const uint16_t* halves;  // of the table of long grams, or null
  uint32_t* choices;  // bits of positions that take a match; written by word
  bool far;           // offsets, lengths and exits lie in the workspace
  LazyRow* rows;      // one for each warp; of medium blocks only, which are far
};

// A warp's part of the search; places are counted from position `begin`. What a
// step loads it loads before it stores anything.
template <class Index>
class WarpSearch {
 public:
  __device__ __forceinline__ WarpSearch(const SearchedBlock<Index>& block,
                                        TailQueue& queue, uint32_t begin)
      : block_(block),
        begin_(begin),
        offsets_(block.offsets + begin),
        lengths_(block.lengths + begin),
        queue_(queue) {
    if constexpr (kHasRows) {
      if (!block.far) return;
      offsets_ = block.rows[threadIdx.x >> 5].offsets;
      lengths_ = block.rows[threadIdx.x >> 5].lengths;
    }
  }

  // Offsets of the steps from `first` on, each `stride` positions behind the
  // one before, below `end`, and the lengths of their tails.
  __device__ __forceinline__ void find_tails(uint32_t first, uint32_t stride,
                                             uint32_t end) {
    TailCompares compares(block_.data, block_.n, begin_, lengths_, queue_);
    const bool ahead = block_.far || block_.halves != nullptr;
    Entries next;
    if (ahead) load_entries(first, next);
#pragma unroll 1
    for (; first < end; first += stride) {
      Entries own;
      if (ahead) {
        own = next;
        if (first + stride < end) load_entries(first + stride, next);
      } else {
        load_entries(first, own);
      }
      uint32_t offsets[kSearchGroups];
      find_offsets(first, own, offsets);
      uint32_t beyond = 0;  // lane 0: the offset right of the group
      GPU_ZSTD_UNROLL
      for (uint32_t k = kSearchGroups; k-- > 0;) {
        const uint32_t i = first + k * kWarpThreads + lane();
        const uint32_t right = from_right(offsets[k], beyond, 1);
        beyond = offsets[k];
        compares.push(offsets[k] != 0 && right != offsets[k], i - begin_,
                      offsets[k]);
        offsets_[i - begin_] = static_cast<Index>(offsets[k]);
      }
      __syncwarp();
      compares.run(first + stride >= end);
    }
  }

  // Counts up from the tails of a row and chooses.
  __device__ __forceinline__ void choose(uint32_t row) {
    uint32_t beyond = 0;         // lane 0: the offset right of the group
    uint32_t beyond_length = 0;  // the length there
    uint32_t beyond_gain = 0;    // lanes 0 and 1: the gains there
#pragma unroll 1
    for (uint32_t first = row + kLazyRow; first > row;) {
      first -= kSearchStep;
      uint32_t lengths[kSearchGroups];
      uint32_t gains[kSearchGroups];
      count_up(first, beyond, beyond_length, lengths, gains);
      choose_groups(first, lengths, gains, beyond_gain);
    }
  }

 private:
  static constexpr uint32_t kAll = CudaWarpExec::kAllLanes;
  // There is room to work on a row near.
  static constexpr bool kHasRows = std::is_same_v<Index, uint16_t>;

  __device__ __forceinline__ static uint32_t lane() {
    return threadIdx.x & 31u;
  }

  // The value `distance` lanes to the right. Lanes below `distance` hold in
  // `beyond` the values of the group on the right.
  __device__ __forceinline__ static uint32_t from_right(uint32_t value,
                                                        uint32_t beyond,
                                                        uint32_t distance) {
    return __shfl_sync(kAll, lane() < distance ? beyond : value,
                       (lane() + distance) & 31u);
  }

  // What the tables say of a step's positions.
  struct Entries {
    Index latest[kSearchGroups];
    uint16_t halves[kSearchGroups];
  };

  __device__ __forceinline__ void load_entries(uint32_t first,
                                               Entries& entries) const {
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      entries.latest[k] = block_.offsets[i];
      entries.halves[k] = 0;
      if (block_.halves != nullptr) entries.halves[k] = block_.halves[i];
    }
  }

  // Offsets of the occurrences that do match; 0 for none.
  __device__ __forceinline__ void find_offsets(
      uint32_t first, const Entries& entries,
      uint32_t (&offsets)[kSearchGroups]) const {
    uint32_t from[kSearchGroups];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      from[k] = entries.latest[k] != kNoPosition<Index> ? entries.latest[k] : i;
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      offsets[k] = block_.halves == nullptr
                       ? latest_offset(block_.data, i, from[k])
                       : latest_or_long_offset(block_.data, i, from[k],
                                               entries.halves[k]);
    }
    if (block_.period == 0) return;
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kSearchGroups; ++k) {
      const uint32_t i = first + k * kWarpThreads + lane();
      if (i >= block_.n) continue;
      offsets[k] =
          prefer_period(block_.data, block_.n, i, block_.period, offsets[k]);
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
      const uint32_t i = first + k * kWarpThreads + lane();
      offsets[k] = offsets_[i - begin_];
      if (kHasRows && block_.far) {
        block_.offsets[i] = static_cast<Index>(offsets[k]);
      }
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSearchGroups; k-- > 0;) {
      const uint32_t right = from_right(offsets[k], beyond, 1);
      beyond = offsets[k];
      const uint32_t ends = __ballot_sync(kAll, right != offsets[k]) >> lane();
      away[k] = ends != 0 ? lowest_bit(ends) : kWarpThreads;
      const bool known = offsets[k] != 0 && away[k] < kWarpThreads;
      const uint32_t i = first + k * kWarpThreads + lane();
      at_end[k] = known ? lengths_[i - begin_ + away[k]] : 0;
    }
    GPU_ZSTD_UNROLL
    for (uint32_t k = kSearchGroups; k-- > 0;) {
      const uint32_t counted = away[k] < kWarpThreads
                                   ? away[k] + at_end[k]
                                   : kWarpThreads - lane() + beyond_length;
      lengths[k] = offsets[k] != 0 ? smaller(counted, kMaxParsedMatch) : 0;
      beyond_length = __shfl_sync(kAll, lengths[k], 0);
      gains[k] = lazy_gain(offsets[k], lengths[k], block_.period);
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
    }
    __syncwarp();
  }

  const SearchedBlock<Index>& block_;
  uint32_t begin_;
  Index* offsets_;  // from begin_ on
  uint8_t* lengths_;
  TailQueue& queue_;
};

// Matches, choices and exits of all positions. Of a block that lies near each
// warp finds all its tails before any row is gone through: the last few
// compares keep most of a warp's lanes idle, and so come once, not once a row.
template <class Index>
__device__ __forceinline__ void search_rows(CudaBlockExec& x,
                                            const SearchedBlock<Index>& block,
                                            TailQueue* queues) {
  const uint32_t rows = row_capacity(block.n) / kLazyRow;
  TailQueue& queue = queues[threadIdx.x >> 5];
  if (block.far) {
    x.warps(rows, [&](CudaWarpExec&, uint32_t r) {
      const uint32_t row = r * kLazyRow;
      WarpSearch<Index> search(block, queue, row);
      search.find_tails(row, kSearchStep, row + kLazyRow);
      search.choose(row);
    });
    return;
  }
  WarpSearch<Index> search(block, queue, 0);
  const uint32_t warps = x.threads() / kWarpThreads;
  x.warps(warps, [&](CudaWarpExec&, uint32_t w) {
    search.find_tails(w * kSearchStep, warps * kSearchStep, rows * kLazyRow);
  });
  x.warps(rows,
          [&](CudaWarpExec&, uint32_t r) { search.choose(r * kLazyRow); });
}

}  // namespace gpu_zstd
