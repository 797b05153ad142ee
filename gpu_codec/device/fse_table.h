// FSE encoding tables, built by one warp each.
//
// Slot number j of an alphabet belongs to the symbol whose share of the sum
// holds j, and lies at position (j * step) mod size:
//
//   norm       a a a a a | b b | c        j   0 1 2 3 4 5 6 7
//   position   spread over the table      p   0 5 2 7 4 1 6 3
//   table      a b a c a a b a            states of a: 0 2 4 5 7
//
// The k-th state of a symbol is its k-th position in rising order. That rank is
// read from bit maps of the symbol's positions, one for each 32 of them.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_plan.h"
#include "gpu_codec/device/words.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kMaxFseSlots = 1u << kMaxFseLog;

// How to encode one symbol from state x in [size, 2 * size): write the low
// bits = (x + delta_bits) >> 16 bits of x, then go to
// next_state[(x >> bits) + delta_state]. Both deltas share a word, so that x
// shifted can be added to it: delta_bits << 12 | (delta_state + 2048).
struct FseSymbol {
  static constexpr uint32_t kShift = 12;
  static constexpr uint32_t kStateBias = 1u << (kShift - 1);
  uint32_t deltas;

  GPU_ZSTD_FN uint32_t bits_from(uint32_t state) const {
    return ((state << kShift) + deltas) >> (16 + kShift);
  }
  GPU_ZSTD_FN uint32_t delta_bits() const { return deltas >> kShift; }
  GPU_ZSTD_FN int32_t delta_state() const {
    return static_cast<int32_t>(deltas & ((1u << kShift) - 1)) -
           static_cast<int32_t>(kStateBias);
  }
};

struct FseTable {
  FseSymbol symbols[kMaxFseSymbols];
  uint16_t next_state[kMaxFseSlots];
  uint16_t slots[kMaxFseSymbols];  // normalised counts
  uint32_t log;
};

// Scratch to build one table of `words` * 32 slots: arrays of so many words.
// Symbols are numbered without those that own no slot.
struct FseTableScratch {
  static constexpr uint32_t kNumbers = 56;  // of match lengths' 53 codes
  using Positions = uint32_t[kNumbers];
  using Ranks = uint16_t[kNumbers];

  Positions* maps;        // positions, by number
  Ranks* ranks;           // of a word's first, by number
  uint32_t* first_slots;  // bit set: where symbols begin
  uint32_t* begun;        // symbols begun in words before
  uint8_t* owners;        // of positions: numbers

  // In memory of bytes(log), aligned to 16 bytes.
  GPU_ZSTD_FN FseTableScratch(uint8_t* memory, uint32_t words)
      : maps(reinterpret_cast<Positions*>(memory)),
        ranks(reinterpret_cast<Ranks*>(maps + words)),
        first_slots(reinterpret_cast<uint32_t*>(ranks + words)),
        begun(first_slots + words),
        owners(reinterpret_cast<uint8_t*>(begun + words)) {}

  GPU_ZSTD_HOST_FN static constexpr uint32_t bytes(uint32_t log) {
    return (1u << log) / 32 * (sizeof(Positions) + sizeof(Ranks) + 2 * 4 + 32);
  }
};

// A symbol with `slots` slots from number `first` on whose rarer states write
// `bits` bits, the others one less.
constexpr GPU_ZSTD_HOST_FN FseSymbol fse_symbol(uint32_t bits, uint32_t slots,
                                                uint32_t first) {
  return {((bits << 16) - (slots << bits)) << FseSymbol::kShift |
          (FseSymbol::kStateBias + first - slots)};
}

// A symbol of a table of 2^log slots, of which it has `slots` > 0 that begin at
// `first`.
GPU_ZSTD_FN FseSymbol make_fse_symbol(uint32_t log, uint32_t slots,
                                      uint32_t first) {
  return fse_symbol(slots > 1 ? log - highest_bit(slots - 1) : log, slots,
                    first);
}

// The state after the first symbol of a stream, for which nothing is written.
GPU_ZSTD_FN uint32_t first_state(const FseTable& table, uint32_t symbol) {
  const int32_t slots = table.slots[symbol];
  return table.next_state[slots + table.symbols[symbol].delta_state()];
}

// Encodes a symbol: returns the bits it writes and moves *state on. The value
// written is the state's low bits before the call.
GPU_ZSTD_FN uint32_t encode_fse_symbol(const FseTable& table, FseSymbol symbol,
                                       uint32_t* state) {
  const uint32_t bits = symbol.bits_from(*state);
  const int32_t shifted = static_cast<int32_t>(*state >> bits);
  *state = table.next_state[shifted + symbol.delta_state()];
  return bits;
}

// The table in which one symbol takes no bits at all.
template <class Exec>
GPU_ZSTD_FN void build_rle_table(Exec& x, FseTable& table, uint32_t symbol) {
  x.single([&] {
    table.log = 0;
    table.slots[symbol] = 1;
    table.symbols[symbol] = fse_symbol(0, 1, 0);
    table.next_state[0] = 1;
  });
}

GPU_ZSTD_FN uint32_t slot_position(uint32_t j, uint32_t log) {
  const uint32_t size = 1u << log;
  return j * ((size >> 1) + (size >> 3) + 3) & (size - 1);
}

// Fills in what belongs to a symbol alone and notes where its slots begin.
template <class Exec>
GPU_ZSTD_FN void begin_fse_table(Exec& x, const FseTableScratch& s,
                                 const FsePlan& plan, FseTable& table) {
  constexpr uint32_t kShare = kMaxFseSymbols / kWarpThreads;
  const uint32_t words = (1u << plan.log) / 32;
  const uint64_t present =
      plan.present[0] | static_cast<uint64_t>(plan.present[1]) << 32;
  WordQuad* maps = reinterpret_cast<WordQuad*>(s.maps);
  typename Exec::template PerThread<uint32_t> first(x);
  x.phase([&](uint32_t thread) {
    for (uint32_t i = 0; i < kShare; ++i) {
      first[thread] += plan.norm[thread * kShare + i];
    }
    if (thread < words) s.first_slots[thread] = 0;
    for (uint32_t i = thread; i < words * s.kNumbers / 4; i += kWarpThreads) {
      maps[i] = WordQuad{};
    }
    if (thread == 0) table.log = plan.log;
  });
  x.exclusive_sum(first);
  x.phase([&](uint32_t thread) {
    uint32_t slot = first[thread];
    GPU_ZSTD_UNROLL
    for (uint32_t i = 0; i < kShare; ++i) {
      const uint32_t symbol = thread * kShare + i;
      const uint32_t slots = plan.norm[symbol];
      table.slots[symbol] = static_cast<uint16_t>(slots);
      if (slots == 0) continue;
      table.symbols[symbol] = make_fse_symbol(plan.log, slots, slot);
      x.or_bits(&s.first_slots[slot / 32], 1u << (slot % 32));
      const uint32_t number = ones_below(present, symbol);
      s.ranks[0][number] = static_cast<uint16_t>(slot);
      slot += slots;
    }
  });
}

// Builds the table of `plan` in FseTableScratch::bytes(plan.log) of memory,
// aligned to 16 bytes. Called by one warp.
template <class Exec>
GPU_ZSTD_FN void build_fse_table(Exec& x, uint8_t* memory, const FsePlan& plan,
                                 FseTable& table) {
  static_assert(Exec::kThreads == kWarpThreads);
  const uint32_t log = plan.log;
  const uint32_t words = (1u << log) / 32;
  const FseTableScratch s(memory, words);
  begin_fse_table(x, s, plan, table);
  typename Exec::template PerThread<uint32_t> begun(x);
  x.phase([&](uint32_t thread) {
    begun[thread] = thread < words ? count_ones(s.first_slots[thread]) : 0;
  });
  x.exclusive_sum(begun);
  x.phase([&](uint32_t thread) {
    if (thread < words) s.begun[thread] = begun[thread];
  });
  // Four words at a time, for the loads of one wait for each other. What is
  // done once more in the last word changes nothing.
  constexpr uint32_t kTogether = 4;
  const auto word_at = [&](uint32_t w) { return w < words ? w : words - 1; };
  x.phase([&](uint32_t bit) {  // each slot's owner marks its position
    GPU_ZSTD_NO_UNROLL
    for (uint32_t w = 0; w < words; w += kTogether) {
      uint32_t numbers[kTogether];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint32_t upto =
            s.first_slots[word_at(w + k)] & (~0u >> (31 - bit));
        numbers[k] = s.begun[word_at(w + k)] + count_ones(upto) - 1;
      }
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint32_t p = slot_position(word_at(w + k) * 32 + bit, log);
        s.owners[p] = static_cast<uint8_t>(numbers[k]);
        x.or_bits(&s.maps[p / 32][numbers[k]], 1u << (p % 32));
      }
    }
  });
  x.for_each(plan.symbols, [&](uint32_t number) {
    uint32_t rank = s.ranks[0][number];
    GPU_ZSTD_NO_UNROLL
    for (uint32_t w = 0; w < words; w += kTogether) {
      uint32_t maps[kTogether];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        maps[k] = s.maps[word_at(w + k)][number];
      }
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        if (w + k < words) s.ranks[w + k][number] = static_cast<uint16_t>(rank);
        rank += count_ones(maps[k]);
      }
    }
  });
  x.phase([&](uint32_t bit) {
    const uint32_t below = (1u << bit) - 1;
    GPU_ZSTD_NO_UNROLL
    for (uint32_t w = 0; w < words; w += kTogether) {
      uint32_t numbers[kTogether];
      uint32_t places[kTogether];
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        numbers[k] = s.owners[word_at(w + k) * 32 + bit];
      }
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        const uint32_t word = word_at(w + k);
        places[k] = s.ranks[word][numbers[k]] +
                    count_ones(s.maps[word][numbers[k]] & below);
      }
      GPU_ZSTD_UNROLL
      for (uint32_t k = 0; k < kTogether; ++k) {
        table.next_state[places[k]] =
            static_cast<uint16_t>((words + word_at(w + k)) * 32 + bit);
      }
    }
  });
}

}  // namespace gpu_zstd
