// The predefined tables of the format as encoding tables, made when this is
// compiled.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/fse_table.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

// The tables of one sequences section, in the order they are described.
enum : uint32_t { kLitLengths = 0, kOffsets = 1, kMatchLengths = 2 };
inline constexpr uint32_t kSequenceTables = 3;

// The serial construction of RFC 8878, 4.1.1. Symbols "less than one" (-1) own
// one slot each, from the table's end down; the others are spread over the
// rest.
template <uint32_t kSymbols>
constexpr FseTable make_fse_table(const int16_t (&counts)[kSymbols],
                                  uint32_t log) {
  FseTable table{};
  table.log = log;
  const uint32_t size = 1u << log;
  uint8_t owner[kMaxFseSlots] = {};
  uint32_t next[kMaxFseSymbols] = {};
  uint32_t high = size;
  uint32_t first = 0;
  for (uint32_t s = 0; s < kSymbols; ++s) {
    const uint32_t slots = counts[s] < 0 ? 1 : static_cast<uint32_t>(counts[s]);
    if (counts[s] < 0) owner[--high] = static_cast<uint8_t>(s);
    next[s] = first;
    table.slots[s] = static_cast<uint16_t>(slots);
    uint32_t bits = log;
    for (uint32_t power = 2; power < slots; power *= 2) --bits;
    if (slots > 0) table.symbols[s] = fse_symbol(bits, slots, first);
    first += slots;
  }
  uint32_t position = 0;
  for (uint32_t s = 0; s < kSymbols; ++s) {
    for (int32_t i = 0; i < counts[s]; ++i) {
      owner[position] = static_cast<uint8_t>(s);
      do {
        position = (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
      } while (position >= high);
    }
  }
  for (uint32_t p = 0; p < size; ++p) {
    table.next_state[next[owner[p]]++] = static_cast<uint16_t>(size + p);
  }
  return table;
}

GPU_ZSTD_TABLE FseTable kDefaultTables[kSequenceTables] = {
    make_fse_table(kDefaultLitLengthCounts, kDefaultLitLengthLog),
    make_fse_table(kDefaultOffsetCounts, kDefaultOffsetLog),
    make_fse_table(kDefaultMatchLengthCounts, kDefaultMatchLengthLog)};

// Copies predefined table `kind` to where the encoder works.
template <class Exec>
GPU_ZSTD_FN void copy_default_table(Exec& x, uint32_t kind, FseTable& table) {
  const FseTable& source = kDefaultTables[kind];
  x.for_each(kMaxFseSymbols, [&](uint32_t i) {
    table.symbols[i] = source.symbols[i];
    table.slots[i] = source.slots[i];
    table.next_state[i] = source.next_state[i];  // at most 2^6 of them
    if (i == 0) table.log = source.log;
  });
}

}  // namespace gpu_zstd
