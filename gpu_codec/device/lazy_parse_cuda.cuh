// The parse of lazy.h on a GPU, from the choices and exits of the search.
#pragma once

#include <cstdint>

#include "gpu_codec/device/bits.h"
#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/grams.h"
#include "gpu_codec/device/lazy_choice.h"
#include "gpu_codec/device/mark_taken.h"
#include "gpu_codec/device/parse_cuda.cuh"

namespace gpu_zstd {

// Matches that the parse takes in the word entered at position `entry`, whose
// choices are given; extends them to the left. Returns the bits where they
// start.
template <class Index>
__device__ __forceinline__ uint32_t take_in_word(const uint8_t* data,
                                                 Index* offsets,
                                                 uint8_t* lengths,
                                                 uint32_t entry,
                                                 uint32_t choices) {
  if (entry == kNoEntry) return 0;
  const uint32_t base = entry & ~31u;
  uint32_t starts = 0;
  uint32_t free = entry;
  while (free - base < 32) {
    const uint32_t ahead = choices >> (free - base);
    if (ahead == 0) break;
    const uint32_t i = free + lowest_bit(ahead);
    const uint32_t end = i + lengths[i];
    starts |= 1u << (extend_left(data, offsets, lengths, i, free) - base);
    free = end;
  }
  return starts;
}

// parse_lazily(), all words at once. `starts` holds the choices before.
template <class Index>
__device__ __forceinline__ void parse_lazily_in_words(
    CudaBlockExec& x, const uint8_t* data, uint32_t n, Index* offsets,
    uint8_t* lengths, uint32_t* starts, const ParseScratch& scratch) {
  find_word_entries(x, n, scratch);
  x.for_each((n + 31) / 32, [&](uint32_t w) {
    starts[w] =
        take_in_word(data, offsets, lengths, scratch.entries[w], starts[w]);
  });
}

}  // namespace gpu_zstd
