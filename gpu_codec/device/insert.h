// For each position, the latest earlier position whose gram has the same hash.
//
//   position     0  1  2  3  4  5         heads[h] holds the latest position of
//   hash         a  b  a  a  b  c         hash h; a position reads it and then
//   previous     -  -  0  2  1  -         writes itself
//
// That is one warp's work. Where there is room for a second table the block is
// cut into two sections, which two warps insert beside each other; what finds
// nothing in the second then looks at the heads that the first has left. (Four
// warps are no quicker than two: they wait for the same shared memory.)
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

// Whether all warps hash before the insertion: where the previous positions lie
// near and hashes in their places.
template <class Index>
inline constexpr bool kHashedBefore = sizeof(Index) == sizeof(uint16_t);

// Neighbouring positions' previous ones, read and written together.
template <class Index>
struct alignas(4 * sizeof(Index)) IndexQuad {
  Index index[4];
};

// One hash table, or two.
struct GramTable {
  uint32_t* heads;  // sections × 2^hash_bits, on a boundary of 16 bytes
  uint32_t hash_bits;
  uint32_t sections;  // 1 or 2
  bool lean = false;  // see kLeanInsertUnroll
};

// Positions that have a whole gram.
GPU_ZSTD_FN uint32_t gram_positions(uint32_t n, uint32_t gram) {
  return n >= gram ? n - gram + 1 : 0;
}

// Groups of the insertion that have them. The last may have positions without,
// which come last and are seen by none.
GPU_ZSTD_FN uint32_t insert_groups(uint32_t n, uint32_t gram) {
  return (gram_positions(n, gram) + kInsertGroup - 1) / kInsertGroup;
}

// The groups of a section; the second may have fewer, or none.
GPU_ZSTD_FN uint32_t section_groups(uint32_t groups, uint32_t sections) {
  constexpr uint32_t kStep = kInsertUnroll;
  return ((groups + sections - 1) / sections + kStep - 1) / kStep * kStep;
}

// The reference: one position after the other, in [begin, end).
template <uint32_t kGram, class Index>
GPU_ZSTD_FN void insert_serially(const uint8_t* data, uint32_t begin,
                                 uint32_t end, uint32_t bits, uint32_t* heads,
                                 Index* previous) {
  for (uint32_t i = begin; i < end; ++i) {
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

// What one warp does of insert_grams(): a section, whose heads are empty.
// `kHashed`: on a GPU the hashes lie in `previous` already.
template <uint32_t kGram, bool kHashed, class Warp, class Index>
GPU_ZSTD_FN void insert_section(Warp& warp, const uint8_t* data, uint32_t n,
                                uint32_t section, bool lane_order,
                                const GramTable& table, Index* previous) {
  const uint32_t positions = gram_positions(n, kGram);
  const uint32_t groups = insert_groups(n, kGram);
  const uint32_t share = section_groups(groups, table.sections);
  const uint32_t begin = smaller(section * share, groups);
  const uint32_t end = smaller(begin + share, groups);
  uint32_t* heads = table.heads + (section << table.hash_bits);
#if defined(__CUDACC__)
  if (table.lean) {
    insert_by_warp<kGram, kHashed, kLeanInsertUnroll>(
        data, begin, end, table.hash_bits, heads, previous, lane_order);
  } else {
    insert_by_warp<kGram, kHashed, kInsertUnroll>(
        data, begin, end, table.hash_bits, heads, previous, lane_order);
  }
  __syncwarp();
#else
  static_cast<void>(lane_order);
  insert_serially<kGram>(data, begin * kInsertGroup,
                         smaller(end * kInsertGroup, positions),
                         table.hash_bits, heads, previous);
#endif
  const bool has_last = end == groups && (section == 0 || begin < end);
  if (!has_last) return;
  warp.for_each(row_capacity(n) - positions, [&](uint32_t i) {
    previous[positions + i] = kNoPosition<Index>;
  });
}

// Positions of the second section that found nothing in it look at the first.
template <uint32_t kGram, class Exec, class Index>
GPU_ZSTD_FN void look_at_first_section(Exec& x, const uint8_t* data, uint32_t n,
                                       const GramTable& table,
                                       Index* previous) {
  const uint32_t positions = gram_positions(n, kGram);
  const uint32_t share =
      section_groups(insert_groups(n, kGram), table.sections) * kInsertGroup;
  if (positions <= share) return;
  IndexQuad<Index>* quads =
      reinterpret_cast<IndexQuad<Index>*>(previous + share);
  x.for_each((positions - share + 3) / 4, [&](uint32_t q) {
    IndexQuad<Index> found = quads[q];
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < 4; ++k) {
      const uint32_t i = share + 4 * q + k;
      if (found.index[k] != kNoPosition<Index> || i >= positions) continue;
      found.index[k] = static_cast<Index>(
          table.heads[gram_hash<kGram>(data, i, table.hash_bits)]);
    }
    quads[q] = found;
  });
}

// Empties the table and, where the previous positions lie near, hashes by all
// warps: what comes before insert_section().
template <uint32_t kGram, class Exec, class Index>
GPU_ZSTD_FN void begin_insertion(Exec& x, [[maybe_unused]] const uint8_t* data,
                                 [[maybe_unused]] uint32_t n,
                                 const GramTable& table,
                                 [[maybe_unused]] Index* previous) {
  x.phase([&](uint32_t thread) {
    clear_heads(table.heads,
                table.sections * (sizeof(*table.heads) << table.hash_bits),
                thread, x.threads());
#if defined(__CUDACC__)
    if constexpr (kHashedBefore<Index>) {
      store_all_hashes<kGram>(data, insert_groups(n, kGram), table.hash_bits,
                              previous);
    }
#endif
  });
}

// What warps do beside an insertion, which leaves most of them idle: nothing.
struct NothingAside {
  // How many tasks it has when so many warps are idle.
  GPU_ZSTD_FN static uint32_t tasks(uint32_t) { return 0; }
  // Task number `task` of `tasks`, by one warp.
  template <class Warp>
  GPU_ZSTD_FN void operator()(Warp&, uint32_t, uint32_t) const {}
};

// Calls insert(warp, i) for i in [0, insertions), by a warp each, and beside
// them has `aside` done.
template <class Exec, class Insert, class Aside>
GPU_ZSTD_FN void insert_beside(Exec& x, uint32_t insertions,
                               const Insert& insert, const Aside& aside) {
  const uint32_t warps = x.threads() / kWarpThreads;
  const uint32_t tasks =
      aside.tasks(warps > insertions ? warps - insertions : 1);
  x.warps(insertions + tasks, [&](auto& warp, uint32_t i) {
    if (i < insertions) {
      insert(warp, i);
    } else {
      aside(warp, i - insertions, tasks);
    }
  });
}

// previous[i] for all i < n, none for the rest of the last row of kLazyRow; it
// begins on a boundary of 16 bytes. `lane_order` says whether a warp's lanes
// are served in order; neither it nor the number of sections changes the
// result. `aside` is done beside it.
template <uint32_t kGram, class Exec, class Index, class Aside = NothingAside>
GPU_ZSTD_FN void insert_grams(Exec& x, const uint8_t* data, uint32_t n,
                              bool lane_order, const GramTable& table,
                              Index* previous, const Aside& aside = Aside()) {
  begin_insertion<kGram>(x, data, n, table, previous);
  const auto insert = [&](auto& warp, uint32_t section) {
    insert_section<kGram, kHashedBefore<Index>>(warp, data, n, section,
                                                lane_order, table, previous);
  };
  insert_beside(x, table.sections, insert, aside);
  if (table.sections == 1) return;
  look_at_first_section<kGram>(x, data, n, table, previous);
}

}  // namespace gpu_zstd
