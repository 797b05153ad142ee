// The lazy parse's second table: for each position the latest earlier even
// position whose gram of eight bytes has the same hash.
//
//   position     0  1  2  3  4  5         looked up: all; inserted: the even
//   inserted     0     1     2            ones, by their halves, which fit 16
//                                         bits in all blocks
//
// A match found from an even position only begins at most one byte late, which
// the parse makes good by going left; the heads reach back twice as far.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/insert.h"
#include "gpu_codec/format.h"
#include "gpu_codec/params.h"
#if defined(__CUDACC__)
#include "gpu_codec/device/long_table_cuda.cuh"
#endif

namespace gpu_zstd {

// `heads` has 2^hash_bits entries; `halves` one for each position and room for
// whole rows, on a boundary of 4 bytes. No table: `halves` is null.
struct LongTable {
  uint16_t* heads;
  uint16_t* halves;
  uint32_t hash_bits;
};
static_assert((kMaxBlockBytes - kLongGram) / 2 < kNoPosition<uint16_t>);

// The reference: one group after the other.
GPU_ZSTD_FN void insert_long_serially(const uint8_t* data, uint32_t positions,
                                      const LongTable& table) {
  const auto head = [&](uint32_t i) -> uint16_t& {
    return table.heads[gram_hash<kLongGram>(data, i, table.hash_bits)];
  };
  for (uint32_t group = 0; group < positions; group += kLongGroup) {
    const uint32_t end =
        group + kLongGroup < positions ? group + kLongGroup : positions;
    for (uint32_t i = group; i < end; ++i) table.halves[i] = head(i);
    for (uint32_t i = group; i < end; i += 2) {
      head(i) = static_cast<uint16_t>(i / 2);
    }
  }
}

// Groups of the insertion; the last may have positions without a whole gram.
GPU_ZSTD_FN uint32_t long_groups(uint32_t n) {
  return (gram_positions(n, kLongGram) + kLongGroup - 1) / kLongGroup;
}

// Empties the table and, on a GPU, puts the hashes into their places: what
// comes before insert_long_grams() with `kHashed`. One thread's part.
GPU_ZSTD_FN void begin_long_insertion([[maybe_unused]] const uint8_t* data,
                                      [[maybe_unused]] uint32_t n,
                                      const LongTable& table, uint32_t thread,
                                      uint32_t threads) {
  clear_heads(table.heads, sizeof(*table.heads) << table.hash_bits, thread,
              threads);
#if defined(__CUDACC__)
  store_all_long_hashes(data, long_groups(n), table.hash_bits,
                        reinterpret_cast<uint32_t*>(table.halves));
#endif
}

// table.halves[i] for all i < n, none for the rest of the last row; one warp's
// work. The heads are empty.
template <bool kHashed, class Warp>
GPU_ZSTD_FN void insert_long_grams(Warp& warp, const uint8_t* data, uint32_t n,
                                   bool lane_order, const LongTable& table) {
  const uint32_t positions = gram_positions(n, kLongGram);
#if defined(__CUDACC__)
  insert_long_by_warp<kHashed>(
      data, long_groups(n), table.hash_bits, table.heads,
      reinterpret_cast<uint32_t*>(table.halves), lane_order);
  __syncwarp();
#else
  static_cast<void>(lane_order);
  insert_long_serially(data, positions, table);
#endif
  warp.for_each(row_capacity(n) - positions, [&](uint32_t i) {
    table.halves[positions + i] = kNoPosition<uint16_t>;
  });
}

}  // namespace gpu_zstd
