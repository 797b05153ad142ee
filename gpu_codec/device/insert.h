// For each position, the latest earlier position whose gram has the same hash.
//
//   position     0  1  2  3  4  5         heads[h] holds the latest position of
//   hash         a  b  a  a  b  c         hash h; a position reads it and then
//   previous     -  -  0  2  1  -         writes itself
//
// An inexact table is filled a group at a time: the positions of a group read
// before any of them writes, so they do not see each other.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/params.h"
#if defined(__CUDACC__)
#include "gpu_codec/device/insert_cuda.cuh"
#endif

namespace gpu_zstd {

template <class Index>
inline constexpr Index kNoPosition = static_cast<Index>(~Index{0});

// How a position is kept: small blocks have at most 2^16 - 1.
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

// The reference: one position after the other.
template <uint32_t kGram, bool kExact, class Head, class Index>
GPU_ZSTD_FN void insert_serially(const uint8_t* data, uint32_t positions,
                                 uint32_t bits, Head* heads, Index* previous) {
  constexpr uint32_t kStep = kExact ? 1 : kInsertGroup;
  for (uint32_t group = 0; group < positions; group += kStep) {
    const uint32_t end = group + kStep < positions ? group + kStep : positions;
    for (uint32_t i = group; i < end; ++i) {
      previous[i] = static_cast<Index>(heads[gram_hash<kGram>(data, i, bits)]);
    }
    for (uint32_t i = group; i < end; ++i) {
      heads[gram_hash<kGram>(data, i, bits)] = static_cast<Head>(i);
    }
  }
}

// previous[i] for all i < n. `heads` has 2^bits entries. `lane_order` says
// whether the device serves the lanes of a warp in order; it does not change
// the result.
template <uint32_t kGram, bool kExact, class Exec, class Head, class Index>
GPU_ZSTD_FN void insert_grams(Exec& x, const uint8_t* data, uint32_t n,
                              uint32_t bits, bool lane_order, Head* heads,
                              Index* previous) {
  x.for_each(1u << bits, [&](uint32_t h) { heads[h] = kNoPosition<Head>; });
  const uint32_t positions = gram_positions(n, kGram);
#if defined(__CUDACC__)
  // Where the previous positions lie near, all warps hash and one inserts.
  constexpr bool kHashed = sizeof(Index) == sizeof(uint16_t);
  if constexpr (kHashed) {
    x.for_each(positions, [&](uint32_t i) {
      previous[i] = static_cast<Index>(gram_hash<kGram>(data, i, bits));
    });
  }
#endif
  x.warps(1, [&](auto& warp, uint32_t) {
#if defined(__CUDACC__)
    insert_by_warp<kGram, kExact>(data, positions, bits, heads, previous,
                                  lane_order, kHashed);
#else
    insert_serially<kGram, kExact>(data, positions, bits, heads, previous);
#endif
  });
  x.for_each(n - positions,
             [&](uint32_t i) { previous[positions + i] = kNoPosition<Index>; });
}

}  // namespace gpu_zstd
