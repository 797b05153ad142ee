// mark_taken() on a GPU, in time that does not depend on the data's pattern:
//
//   words of 32     |.......|.......|.......|.......|   one thread each: where
//                     \______/ \______________/         does each position
//                     lead?
//   parts           |       0       |       1       |   one lane each: hop from
//                    ->      ->      ->  ->      ->     word to word
//
// A part's entry is where the part before it ends. All parts start from their
// first position and go again where that was wrong, until they meet the way
// they went before; parses run into each other soon, so that few rounds do, and
// never more than there are parts. Then every word is marked from its entry.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/parse.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

inline constexpr uint32_t kNoEntry = 0xFFFFFFFFu;

// Follows pointers until they lead out of their word: next[k] is a lane's place
// in word k, from its first position.
template <uint32_t kWords>
__device__ __forceinline__ void follow_in_words(uint32_t (&next)[kWords]) {
  GPU_ZSTD_UNROLL
  for (uint32_t round = 0; round < 5; ++round) {
    GPU_ZSTD_UNROLL
    for (uint32_t k = 0; k < kWords; ++k) {
      const uint32_t further =
          __shfl_sync(CudaWarpExec::kAllLanes, next[k], next[k]);
      if (next[k] < 32) next[k] = further;
    }
  }
}

// exits[i] becomes how far beyond word `w` the parse from its position i leads.
// From the last position to the first: each goes on where its choice leads to,
// which `row` tells. Returns the bits of the positions with a match.
__device__ __forceinline__ uint32_t find_word_exits(const uint16_t* choices,
                                                    uint32_t n, uint32_t w,
                                                    uint8_t* row,
                                                    uint8_t* exits) {
  const uint32_t base = w * 32;
  uint32_t matches = 0;
  GPU_ZSTD_UNROLL
  for (uint32_t first = 32; first > 0;) {
    first -= 4;
    const uint2 four =
        *reinterpret_cast<const uint2*>(choices + choice_place(base + first));
    GPU_ZSTD_UNROLL
    for (uint32_t k = 4; k-- > 0;) {
      const uint32_t choice = (k < 2 ? four.x : four.y) >> (16 * (k % 2));
      const uint32_t at = first + k;
      const uint32_t length = base + at < n ? choice_length(choice) : 0;
      matches |= length != 0 ? 1u << at : 0;
      const uint32_t next = at + (length != 0 ? length : 1);
      row[at] = next < 32 ? row[next] : static_cast<uint8_t>(next - 32);
    }
    *reinterpret_cast<uint32_t*>(exits + base + first) =
        *reinterpret_cast<const uint32_t*>(row + first);
  }
  return matches;
}

// Where a parse that is at position i enters the next word.
__device__ __forceinline__ uint32_t next_word_entry(const uint8_t* exits,
                                                    uint32_t i) {
  return (i | 31u) + 1 + exits[i];
}

// The parse through one part of the block.
struct PartParse {
  uint32_t begin;
  uint32_t end;
  uint32_t entry;
  uint32_t exit;  // the first position at or beyond `end`
};

// Follows the part from its entry and notes where words are entered; all its
// entries are kNoEntry before.
__device__ __forceinline__ void follow_part(const uint8_t* exits,
                                            PartParse& part,
                                            uint32_t* entries) {
  uint32_t i = part.entry;
  while (i < part.end) {
    entries[i >> 5] = i;
    i = next_word_entry(exits, i);
  }
  part.exit = i;
}

// The same from another entry, as far as the parse differs from the one before.
__device__ __forceinline__ void follow_part_again(const uint8_t* exits,
                                                  PartParse& part,
                                                  uint32_t* entries) {
  uint32_t word = part.begin >> 5;
  uint32_t i = part.entry;
  while (i < part.end) {
    for (; word < i >> 5; ++word) entries[word] = kNoEntry;
    if (entries[word] == i) return;
    entries[word++] = i;
    i = next_word_entry(exits, i);
  }
  // Behind the last part there are parts without words.
  const uint32_t end_word = part.begin < part.end ? (part.end + 31) / 32 : 0;
  for (; word < end_word; ++word) entries[word] = kNoEntry;
  part.exit = i;
}

// Fills entries[w] for each word, kNoEntry where the parse skips it; all
// entries are kNoEntry before. A thread of `x`, a warp or a CTA, for each part
// of the block.
template <class Exec>
__device__ __forceinline__ void follow_parts(Exec& x, uint32_t n,
                                             uint32_t thread,
                                             const ParseScratch& scratch) {
  const uint8_t* exits = scratch.exits;
  uint32_t* entries = scratch.entries;
  const uint32_t words = (n + 31) / 32;
  const uint32_t share =  // positions
      (words + scratch.parts - 1) / scratch.parts * 32;
  const uint32_t begin = thread * share < n ? thread * share : n;
  PartParse part{begin, begin + share < n ? begin + share : n, begin, begin};
  follow_part(exits, part, entries);
  for (;;) {
    CudaPerThread<uint32_t> reach(x, part.exit);
    x.exclusive_scan(reach, uint32_t{0},
                     [](uint32_t a, uint32_t b) { return a > b ? a : b; });
    const uint32_t entry = reach[thread];
    CudaPerThread<uint32_t> changed(x, entry != part.entry);
    if (!x.any(changed)) break;
    if (entry != part.entry) {
      part.entry = entry;
      follow_part_again(exits, part, entries);
    }
  }
}

// The same from whatever entries there are.
__device__ __forceinline__ void find_word_entries(CudaBlockExec& x, uint32_t n,
                                                  const ParseScratch& scratch) {
  x.for_each((n + 31) / 32, [&](uint32_t w) { scratch.entries[w] = kNoEntry; });
  if (scratch.parts == kWarpThreads) {
    x.warps(1, [&](CudaWarpExec& warp, uint32_t) {
      follow_parts(warp, n, threadIdx.x, scratch);
    });
  } else {
    follow_parts(x, n, threadIdx.x, scratch);
    __syncthreads();
  }
}

// What the parse makes of one word, as bits.
struct WordParse {
  uint32_t starts;    // of the matches it takes
  uint32_t literals;  // positions that it takes no match at, nor covers
};

// The parse of the word entered at `entry`, whose positions with a match are
// `matches`.
__device__ __forceinline__ WordParse parse_word(const uint16_t* choices,
                                                uint32_t n, uint32_t entry,
                                                uint32_t matches) {
  if (entry == kNoEntry) return {0, 0};
  const uint32_t base = entry & ~31u;
  uint32_t at = entry - base;
  WordParse word{0, low_bits(n - base < 32 ? n - base : 32) & ~low_bits(at)};
  while (at < 32 && matches >> at != 0) {
    const uint32_t start = at + lowest_bit(matches >> at);
    at = start + choice_length(choices[choice_place(base + start)]);
    word.starts |= 1u << start;
    word.literals &= low_bits(start) | ~low_bits(at);
  }
  return word;
}

__device__ __forceinline__ void mark_taken_parallel(
    CudaBlockExec& x, const uint16_t* choices, uint32_t n, uint32_t* starts,
    const ParseScratch& scratch) {
  const uint32_t words = (n + 31) / 32;
  x.phase([&](uint32_t thread) {
    uint8_t* row = scratch.rows + thread * kExitRowBytes;
    for (uint32_t w = thread; w < words; w += x.threads()) {
      starts[w] = find_word_exits(choices, n, w, row, scratch.exits);
    }
  });
  find_word_entries(x, n, scratch);
  x.for_each(words, [&](uint32_t w) {
    const WordParse word =
        parse_word(choices, n, scratch.entries[w], starts[w]);
    starts[w] = word.starts;
    scratch.entries[w] = word.literals;
  });
}

}  // namespace gpu_zstd
