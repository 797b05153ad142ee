// Which choices a parse from position 0 takes.
#pragma once

#include <cstdint>

#include "gpu_codec/device/exec.h"
#include "gpu_codec/device/parse.h"
#if defined(__CUDACC__)
#include "gpu_codec/device/parse_cuda.cuh"
#endif

namespace gpu_zstd {

// The reference: follows the choices one after the other.
GPU_ZSTD_FN void mark_taken_serially(const uint16_t* choices, uint32_t n,
                                     uint32_t* starts, uint32_t* literals) {
  for (uint32_t w = 0; w < (n + 31) / 32; ++w) {
    starts[w] = 0;
    literals[w] = 0;
  }
  for (uint32_t i = 0; i < n;) {
    const uint32_t length = choice_length(choices[choice_place(i)]);
    uint32_t* bits = length != 0 ? starts : literals;
    bits[i >> 5] |= 1u << (i & 31u);
    i += length != 0 ? length : 1;
  }
}

// Sets the bits of the positions in [0, n) that the parse takes a match at;
// scratch.entries becomes the bits of its literals.
template <class Exec>
GPU_ZSTD_FN void mark_taken(Exec& x, const uint16_t* choices, uint32_t n,
                            uint32_t* starts, const ParseScratch& scratch) {
#if defined(__CUDACC__)
  mark_taken_parallel(x, choices, n, starts, scratch);
#else
  x.single([&] { mark_taken_serially(choices, n, starts, scratch.entries); });
#endif
}

}  // namespace gpu_zstd
