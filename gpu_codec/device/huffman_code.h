// Optimal Huffman code lengths of at most 11 bits, and their canonical codes,
// without building a tree.
//
// Package-merge: level 0 lists the symbols by rising count. Each further level
// merges the same symbols with the pairs ("packages") of the level before:
//
//   level 0   a1  b1  c3  d7
//   level 1   a1  b1  [ab]2  c3  d7  [cd]10
//   level 2   a1  b1  [ab]2  c3  [c·ab]5 …
//
// The first 2n - 2 items of the last level, with the packages unfolded level by
// level, name each symbol as often as its code has bits. A level is merged in
// parallel: an item's place is its index plus the number of items of the other
// kind below it, found by bisection. Going back needs only the number of
// symbols among the first m items of each level.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bit_writer.h"
#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/histogram.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kMaxPackageItems = 2 * kByteValues;

struct HuffmanCodeShared {
  uint32_t sorted_counts[kByteValues];  // ascending
  uint8_t sorted_symbols[kByteValues];
  uint32_t items[2][kMaxPackageItems];
  // symbols_among[v][m]: symbols among the first m items of level v.
  uint16_t symbols_among[kMaxHuffmanBits][kMaxPackageItems + 1];
  uint32_t chosen[kMaxHuffmanBits];  // symbols taken from each level
  uint32_t length_counts[kMaxHuffmanBits + 1];
  uint32_t first_codes[kMaxHuffmanBits + 1];
};

// A complete prefix code. A code's first bit is its highest; streams are
// written from their end, so a code is OR-ed in as it stands.
struct HuffmanCode {
  alignas(4) uint8_t lengths[kByteValues];  // 0: the value does not occur
  uint16_t codes[kByteValues];              // code | length << 12
  uint32_t symbols;                         // values that occur
  uint32_t max_symbol;                      // the largest of them
  uint32_t max_bits;
};

inline constexpr uint32_t kCodeLengthShift = 12;

// Places the occurring values by (count, value) and counts them.
template <class Exec>
GPU_ZSTD_FN void sort_symbols(Exec& x, HuffmanCodeShared& s,
                              const uint32_t* counts, HuffmanCode& code) {
  x.single([&] {
    code.symbols = 0;
    code.max_symbol = 0;
    code.max_bits = 0;
  });
  x.for_each(kByteValues, [&](uint32_t v) {
    code.lengths[v] = 0;
    code.codes[v] = 0;
    const uint32_t own = counts[v];
    if (own == 0) return;
    uint32_t below = 0;
    for (uint32_t i = 0; i < kByteValues; ++i) {
      const uint32_t other = counts[i];
      const bool first = other < own || (other == own && i < v);
      below += other != 0 && first ? 1 : 0;
    }
    s.sorted_counts[below] = own;
    s.sorted_symbols[below] = static_cast<uint8_t>(v);
    s.items[0][below] = own;
    x.add(&code.symbols, 1u);
    x.max(&code.max_symbol, v);
  });
}

GPU_ZSTD_FN uint32_t package(const uint32_t* items, uint32_t j) {
  return items[2 * j] + items[2 * j + 1];
}

// Merges n symbols with the packages of the `before` items below; returns the
// number of items made.
template <class Exec>
GPU_ZSTD_FN uint32_t merge_level(Exec& x, HuffmanCodeShared& s, uint32_t level,
                                 uint32_t n, uint32_t before) {
  const uint32_t* below = s.items[(level - 1) & 1];
  uint32_t* merged = s.items[level & 1];
  uint16_t* symbols_among = s.symbols_among[level];
  const uint32_t packages = before / 2;
  x.for_each(n + packages, [&](uint32_t i) {
    const bool is_symbol = i < n;
    const uint32_t own = is_symbol ? s.sorted_counts[i] : package(below, i - n);
    uint32_t low = 0;
    uint32_t high = is_symbol ? packages : n;
    while (low < high) {  // a symbol precedes packages of its own weight
      const uint32_t middle = (low + high) / 2;
      const bool smaller = is_symbol ? package(below, middle) < own
                                     : s.sorted_counts[middle] <= own;
      if (smaller) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    const uint32_t place = low + (is_symbol ? i : i - n);
    merged[place] = own;
    symbols_among[place + 1] = static_cast<uint16_t>(is_symbol ? i + 1 : low);
  });
  return n + packages;
}

// Gives each value its code: longer codes first, then by value (RFC 8878,
// 4.2.1.3).
template <class Exec>
GPU_ZSTD_FN void assign_codes(Exec& x, HuffmanCodeShared& s,
                              HuffmanCode& code) {
  x.single([&] {
    uint32_t next = 0;
    for (uint32_t bits = kMaxHuffmanBits; bits > 0; --bits) {
      s.first_codes[bits] = next;
      next = (next + s.length_counts[bits]) >> 1;
    }
  });
  const uint32_t* words = reinterpret_cast<const uint32_t*>(code.lengths);
  x.for_each(kByteValues, [&](uint32_t v) {
    const uint32_t length = code.lengths[v];
    if (length == 0) return;
    // Equal lengths before v, four at a time: a byte of the difference is zero
    // where they agree, and adding 127 carries into bit 7 where they do not.
    uint32_t rank = 0;
    for (uint32_t w = 0; w < v / 4; ++w) {
      const uint32_t difference = words[w] ^ (length * 0x01010101u);
      rank += 4 - count_ones((difference + 0x7F7F7F7Fu) & 0x80808080u);
    }
    for (uint32_t i = v & ~3u; i < v; ++i) {
      rank += code.lengths[i] == length ? 1 : 0;
    }
    code.codes[v] = static_cast<uint16_t>((s.first_codes[length] + rank) |
                                          length << kCodeLengthShift);
  });
}

// Makes the code of the values that sort_symbols() found; at least two.
template <class Exec>
GPU_ZSTD_FN void build_huffman_code(Exec& x, HuffmanCodeShared& s,
                                    HuffmanCode& code) {
  const uint32_t n = code.symbols;
  const uint32_t levels = n - 1 < kMaxHuffmanBits ? n - 1 : kMaxHuffmanBits;
  uint32_t items = n;
  for (uint32_t level = 1; level < levels; ++level) {
    items = merge_level(x, s, level, n, items);
  }
  x.single([&] {
    uint32_t taken = 2 * n - 2;
    for (uint32_t level = levels; level-- > 0;) {
      const uint32_t symbols =
          level == 0 || taken == 0 ? taken : s.symbols_among[level][taken];
      s.chosen[level] = symbols;
      taken = 2 * (taken - symbols);
    }
    for (uint32_t i = 0; i <= kMaxHuffmanBits; ++i) s.length_counts[i] = 0;
  });
  x.for_each(n, [&](uint32_t i) {
    uint32_t length = 0;
    for (uint32_t level = 0; level < levels; ++level) {
      length += i < s.chosen[level] ? 1 : 0;
    }
    code.lengths[s.sorted_symbols[i]] = static_cast<uint8_t>(length);
    x.add(&s.length_counts[length], 1u);
    x.max(&code.max_bits, length);
  });
  assign_codes(x, s, code);
}

}  // namespace gpu_zstd
