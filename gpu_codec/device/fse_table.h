// FSE encoding tables, built in parallel.
//
// Slot number j of an alphabet belongs to the symbol whose share of the sum
// holds j, and lies at position (j * step) mod size:
//
//   norm       a a a a a | b b | c        j   0 1 2 3 4 5 6 7
//   position   spread over the table      p   0 5 2 7 4 1 6 3
//   table      a b a c a a b a            states of a: 0 2 4 5 7
//
// The k-th state of a symbol is its k-th position in rising order. That rank is
// read from a bit map of the symbol's positions.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kMaxFseSlots = 1u << kMaxFseLog;

// How to encode one symbol from state x in [size, 2 * size): write the low
// bits = (x + delta_bits) >> 16 bits of x, then go to
// next_state[(x >> bits) + delta_state].
struct FseSymbol {
  uint32_t delta_bits;
  int32_t delta_state;
};

struct FseTable {
  FseSymbol symbols[kMaxFseSymbols];
  uint16_t next_state[kMaxFseSlots];
  uint16_t slots[kMaxFseSymbols];  // normalised counts
  uint32_t log;
};

// Scratch to build one table.
struct FseTableShared {
  uint32_t first_slot[kMaxFseSymbols + 1];
  uint32_t positions[kMaxFseSymbols][kMaxFseSlots / 32];
};

// Fills in symbol `s` of a table of 2^log slots, of which it has `slots` > 0
// that begin at `first`.
constexpr GPU_ZSTD_HOST_FN FseSymbol make_fse_symbol(uint32_t log,
                                                     uint32_t slots,
                                                     uint32_t first) {
  uint32_t bits = log;
  if (slots > 1) {
    uint32_t high = 0;
    while ((slots - 1) >> high > 1) ++high;
    bits = log - high;
  }
  return {(bits << 16) - (slots << bits),
          static_cast<int32_t>(first) - static_cast<int32_t>(slots)};
}

// The state after the first symbol of a stream, for which nothing is written.
GPU_ZSTD_FN uint32_t first_state(const FseTable& table, uint32_t symbol) {
  const int32_t slots = table.slots[symbol];
  return table.next_state[slots + table.symbols[symbol].delta_state];
}

// Encodes a symbol: returns the bits it writes and moves *state on. The value
// written is the state's low bits before the call.
GPU_ZSTD_FN uint32_t encode_fse_symbol(const FseTable& table, FseSymbol symbol,
                                       uint32_t* state) {
  const uint32_t bits = (*state + symbol.delta_bits) >> 16;
  const int32_t shifted = static_cast<int32_t>(*state >> bits);
  *state = table.next_state[shifted + symbol.delta_state];
  return bits;
}

// The table in which one symbol takes no bits at all.
template <class Exec>
GPU_ZSTD_FN void build_rle_table(Exec& x, FseTable& table, uint32_t symbol) {
  x.single([&] {
    table.log = 0;
    table.slots[symbol] = 1;
    table.symbols[symbol] = {0, -1};
    table.next_state[0] = 1;
  });
}

// The symbol that owns slot number j.
GPU_ZSTD_FN uint32_t slot_owner(const FseTableShared& s, uint32_t j) {
  uint32_t low = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t step = kMaxFseSymbols / 2; step > 0; step /= 2) {
    if (s.first_slot[low + step] <= j) low += step;
  }
  return low;
}

GPU_ZSTD_FN uint32_t slot_position(uint32_t j, uint32_t log) {
  const uint32_t size = 1u << log;
  return j * ((size >> 1) + (size >> 3) + 3) & (size - 1);
}

// The first part, called by one warp: what depends on plan.norm alone.
template <class Exec>
GPU_ZSTD_FN void begin_fse_table(Exec& x, FseTableShared& s,
                                 const FsePlan& plan, FseTable& table) {
  static_assert(Exec::kThreads == kWarpThreads);
  constexpr uint32_t kShare = kMaxFseSymbols / kWarpThreads;
  const uint32_t log = plan.log;
  const uint32_t words = (1u << log) / 32;
  typename Exec::template PerThread<uint32_t> first(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t i = 0; i < kShare; ++i) {
      first[thread] += plan.norm[thread * kShare + i];
    }
    if (thread == 0) table.log = log;
  });
  x.exclusive_sum(first);
  x.phase([&](uint32_t thread) {
    uint32_t slot = first[thread];
    for (uint32_t i = thread * kShare; i < (thread + 1) * kShare; ++i) {
      const uint32_t slots = plan.norm[i];
      s.first_slot[i] = slot;
      table.slots[i] = static_cast<uint16_t>(slots);
      if (slots > 0) {
        table.symbols[i] = make_fse_symbol(log, slots, slot);
        for (uint32_t w = 0; w < words; ++w) s.positions[i][w] = 0;
      }
      slot += slots;
    }
  });
}

// The other two parts, for slot number j of any table; a barrier between them.
template <class Exec>
GPU_ZSTD_FN void mark_slot(FseTableShared& s, uint32_t log, uint32_t j) {
  const uint32_t p = slot_position(j, log);
  Exec::or_bits(&s.positions[slot_owner(s, j)][p / 32], 1u << (p % 32));
}

GPU_ZSTD_FN void place_slot(const FseTableShared& s, uint32_t j,
                            FseTable& table) {
  const uint32_t p = slot_position(j, table.log);
  const uint32_t owner = slot_owner(s, j);
  const uint32_t* map = s.positions[owner];
  uint32_t rank = count_ones(map[p / 32] & ((1u << (p % 32)) - 1));
  for (uint32_t w = 0; w < p / 32; ++w) rank += count_ones(map[w]);
  table.next_state[s.first_slot[owner] + rank] =
      static_cast<uint16_t>((1u << table.log) + p);
}

}  // namespace gpu_zstd
