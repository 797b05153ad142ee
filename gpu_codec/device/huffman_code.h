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
#include "gpu_codec/device/log2_q8.h"
#include "gpu_codec/format.h"

namespace gpu_zstd {

inline constexpr uint32_t kMaxPackageItems = 2 * kByteValues;

inline constexpr uint32_t kNoKey = 0xFFFFFFFFu;
inline constexpr uint32_t kNoLevel = 0xFFFFFFFFu;
// What a weight that occurs adds to the description of the others, in bits.
inline constexpr uint32_t kWeightHeaderBits = 4;

struct HuffmanCodeShared {
  WordQuad keys[kByteValues / 4];       // count << 8 | value
  uint32_t sorted_counts[kByteValues];  // ascending
  uint8_t sorted_symbols[kByteValues];
  WordPair items[2][kMaxPackageItems / 2];
  // symbols_among[v][m]: symbols among the first m items of level v.
  uint16_t symbols_among[kMaxHuffmanBits][kMaxPackageItems + 1];
  uint32_t count_sums[kByteValues + 1];  // of sorted_counts
  // chosen[d][v]: symbols taken from level v by the code of d + 1 levels. The
  // i-th symbol's code has as many bits as there are v with i < chosen[d][v].
  uint16_t chosen[kMaxHuffmanBits][kMaxHuffmanBits];
  uint32_t costs[kMaxHuffmanBits];  // in 1/256 bit
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
    const uint32_t count = counts[v];
    s.keys[v / 4].word[v % 4] = count > 0 ? count << 8 | v : kNoKey;
    if (count == 0) return;
    x.add(&code.symbols, 1u);
    x.max(&code.max_symbol, v);
  });
  x.for_each(kByteValues, [&](uint32_t v) {
    const uint32_t key = s.keys[v / 4].word[v % 4];
    if (key == kNoKey) return;
    uint32_t below = 0;
    for (uint32_t i = 0; i < kByteValues / 4; ++i) {
      const WordQuad quad = s.keys[i];
      below += quad.word[0] < key ? 1 : 0;
      below += quad.word[1] < key ? 1 : 0;
      below += quad.word[2] < key ? 1 : 0;
      below += quad.word[3] < key ? 1 : 0;
    }
    s.sorted_counts[below] = key >> 8;
    s.sorted_symbols[below] = static_cast<uint8_t>(v);
    s.items[0][below / 2].word[below % 2] = key >> 8;
  });
}

GPU_ZSTD_FN uint32_t package(const WordPair* items, uint32_t j) {
  const WordPair pair = items[j];
  return pair.word[0] + pair.word[1];
}

// Merges n symbols with the packages of the `before` items below; returns the
// number of items made.
template <class Exec>
GPU_ZSTD_FN uint32_t merge_level(Exec& x, HuffmanCodeShared& s, uint32_t level,
                                 uint32_t n, uint32_t before) {
  const WordPair* below = s.items[(level - 1) & 1];
  WordPair* merged = s.items[level & 1];
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
    merged[place / 2].word[place % 2] = own;
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

// Goes back from level `d`: fills in chosen[d][0 .. d].
GPU_ZSTD_FN void choose_symbols(HuffmanCodeShared& s, uint32_t d, uint32_t n) {
  uint32_t taken = 2 * n - 2;
  for (uint32_t v = d + 1; v-- > 0;) {
    const uint32_t symbols =
        v == 0 || taken == 0 ? taken : s.symbols_among[v][taken];
    s.chosen[d][v] = static_cast<uint16_t>(symbols);
    taken = 2 * (taken - symbols);
  }
}

// Bits of all literals with the code of level `d`, and about those of its
// description: the entropy of its weights, some more for each different one.
// `absent` values below the largest do not occur. Lower levels' choices are
// subsets of higher ones', so chosen[d][v] - chosen[d][v - 1] symbols have
// d + 1 - v bits.
GPU_ZSTD_FN uint32_t cost_of_level(const HuffmanCodeShared& s, uint32_t d,
                                   uint32_t n, uint32_t absent) {
  uint32_t bits = 0;
  uint32_t weights = absent > 0 ? absent * log2_q8(absent) : 0;
  uint32_t different = absent > 0 ? 1 : 0;
  uint32_t below = 0;
  for (uint32_t v = 0; v <= d; ++v) {
    const uint32_t chosen = s.chosen[d][v];
    bits += s.count_sums[chosen];
    if (chosen > below) {
      weights += (chosen - below) * log2_q8(chosen - below);
      ++different;
    }
    below = chosen;
  }
  const uint32_t all = n + absent;
  const uint32_t entropy = all * log2_q8(all) - weights;
  const uint32_t header = different * kWeightHeaderBits << kQ8Shift;
  const uint32_t direct = 4 * all << kQ8Shift;
  const uint32_t tree = entropy + header < direct ? entropy + header : direct;
  return (bits << kQ8Shift) + tree;
}

// The level whose code is cheapest; several, the one of fewer bits.
GPU_ZSTD_FN uint32_t cheapest_level(const HuffmanCodeShared& s,
                                    uint32_t levels) {
  uint32_t best = 0;
  for (uint32_t d = 1; d < levels; ++d) {
    if (s.costs[d] < s.costs[best]) best = d;
  }
  return best;
}

// Makes the code of the values that sort_symbols() found; at least two.
template <class Exec>
GPU_ZSTD_FN void build_huffman_code(Exec& x, HuffmanCodeShared& s,
                                    HuffmanCode& code) {
  const uint32_t n = code.symbols;
  const uint32_t levels = n - 1 < kMaxHuffmanBits ? n - 1 : kMaxHuffmanBits;
  x.for_each(n, [&](uint32_t i) { s.count_sums[i] = s.sorted_counts[i]; });
  prefix_sum_array(x, s.count_sums, n);
  uint32_t items = n;
  for (uint32_t level = 1; level < levels; ++level) {
    items = merge_level(x, s, level, n, items);
  }
  x.for_each(levels, [&](uint32_t d) {
    s.costs[d] = kNoLevel;
    if (n > 2u << d) return;  // too few bits for so many symbols
    choose_symbols(s, d, n);
    s.costs[d] = cost_of_level(s, d, n, code.max_symbol + 1 - n);
  });
  x.for_each(kMaxHuffmanBits + 1, [&](uint32_t i) { s.length_counts[i] = 0; });
  x.for_each(n, [&](uint32_t i) {
    const uint32_t level = cheapest_level(s, levels);
    uint32_t length = 0;
    for (uint32_t v = 0; v <= level; ++v) {
      length += i < s.chosen[level][v] ? 1 : 0;
    }
    code.lengths[s.sorted_symbols[i]] = static_cast<uint8_t>(length);
    x.add(&s.length_counts[length], 1u);
    x.max(&code.max_bits, length);
  });
  assign_codes(x, s, code);
}

}  // namespace gpu_zstd
