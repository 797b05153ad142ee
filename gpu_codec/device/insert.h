// For each position, the latest earlier position whose gram has the same hash.
//
//   position     0  1  2  3  4  5         heads[h] holds the latest position of
//   hash         a  b  a  a  b  c         hash h; a position reads it and then
//   previous     -  -  0  2  1  -         writes itself
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/params.h"
#include "gpu_codec/tuning.h"
#if defined(__CUDACC__)
#include "gpu_codec/device/insert_cuda.cuh"
#endif

namespace gpu_zstd {

template <class Index>
inline constexpr Index kNoPosition = static_cast<Index>(~Index{0});

// How a position is kept: those of blocks of up to 64 KB that have a whole gram
// are below kNoPosition<uint16_t>.
template <bool kSmall>
struct PositionIndexOf {
  using Type = uint32_t;
};
template <>
struct PositionIndexOf<true> {
  using Type = uint16_t;
};
template <bool kSmall>
using PositionIndex = typename PositionIndexOf<kSmall>::Type;

// Positions that have a whole gram.
GPU_ZSTD_FN uint32_t gram_positions(uint32_t n, uint32_t gram) {
  return n >= gram ? n - gram + 1 : 0;
}

// Groups of the insertion that have them. The last may have positions without,
// which come last and are seen by none.
GPU_ZSTD_FN uint32_t insert_groups(uint32_t n, uint32_t gram) {
  return (gram_positions(n, gram) + kInsertGroup - 1) / kInsertGroup;
}

// The reference: one position after the other.
template <uint32_t kGram, class Index>
GPU_ZSTD_FN void insert_serially(const uint8_t* data, uint32_t positions,
                                 uint32_t bits, uint32_t* heads,
                                 Index* previous) {
  for (uint32_t i = 0; i < positions; ++i) {
    uint32_t& head = heads[gram_hash<kGram>(data, i, bits)];
    previous[i] = static_cast<Index>(head);
    head = i;
  }
}

// Whole rows of kLazyRow positions that hold a block.
GPU_ZSTD_FN uint32_t row_capacity(uint32_t n) {
  return (n + kLazyRow - 1) / kLazyRow * kLazyRow;
}

// Empties `bytes` of heads, a multiple of 16; one thread's part.
GPU_ZSTD_FN void clear_heads(void* heads, size_t bytes, uint32_t thread,
                             uint32_t threads) {
  WordQuad* quads = static_cast<WordQuad*>(heads);
  for (uint32_t i = thread; i < bytes / sizeof(WordQuad); i += threads) {
    quads[i] = {{~0u, ~0u, ~0u, ~0u}};
  }
}

// What one warp does of insert_grams(), with empty heads. `kHashed`: on a GPU
// the hashes lie in `previous` already.
template <uint32_t kGram, bool kHashed, class Warp, class Index>
GPU_ZSTD_FN void insert_in_order(Warp& warp, const uint8_t* data, uint32_t n,
                                 uint32_t bits, bool lane_order,
                                 uint32_t* heads, Index* previous) {
  const uint32_t positions = gram_positions(n, kGram);
#if defined(__CUDACC__)
  insert_by_warp<kGram, kHashed>(data, insert_groups(n, kGram), bits, heads,
                                 previous, lane_order);
  __syncwarp();
#else
  static_cast<void>(lane_order);
  insert_serially<kGram>(data, positions, bits, heads, previous);
#endif
  warp.for_each(row_capacity(n) - positions, [&](uint32_t i) {
    previous[positions + i] = kNoPosition<Index>;
  });
}

// previous[i] for all i < n, none for the rest of the last row of kLazyRow.
// `heads` has 2^bits entries; it and `previous` begin on boundaries of 16
// bytes. `lane_order` says whether a warp's lanes are served in order; it does
// not change the result.
template <uint32_t kGram, class Exec, class Index>
GPU_ZSTD_FN void insert_grams(Exec& x, const uint8_t* data, uint32_t n,
                              uint32_t bits, bool lane_order, uint32_t* heads,
                              Index* previous) {
  // Where the previous positions lie near, all warps hash and one inserts.
  constexpr bool kHashed = sizeof(Index) == sizeof(uint16_t);
  x.phase([&](uint32_t thread) {
    clear_heads(heads, sizeof(*heads) << bits, thread, x.threads());
#if defined(__CUDACC__)
    if constexpr (kHashed) {
      store_all_hashes<kGram>(data, insert_groups(n, kGram), bits, previous);
    }
#endif
  });
  x.warps(1, [&](auto& warp, uint32_t) {
    insert_in_order<kGram, kHashed>(warp, data, n, bits, lane_order, heads,
                                    previous);
  });
}

}  // namespace gpu_zstd
