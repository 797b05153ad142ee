#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/fse_stream.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// One CTA makes one context.
__global__ void __launch_bounds__(kFseContextThreads)
    fse_context_kernel(const uint8_t* d_sample, uint32_t sample_size,
                       uint32_t alphabet, FseContext* d_context) {
  __shared__ FseContextShared shared;
  CudaBlockExec x;
  build_fse_context(x, shared, d_sample, sample_size, alphabet, *d_context);
}

// Symbols of block `block` of `n`.
__device__ __forceinline__ uint32_t fse_block_size(uint64_t n, uint32_t block) {
  const uint64_t left = n - uint64_t{block} * kFseBlockSymbols;
  return left < kFseBlockSymbols ? static_cast<uint32_t>(left)
                                 : kFseBlockSymbols;
}

// One CTA encodes one block.
__global__ void __launch_bounds__(kFseBlockStreams)
    fse_encode_kernel(const FseContext* d_context, const uint8_t* d_symbols,
                      uint64_t n, uint32_t* d_blocks, uint32_t* d_words) {
  __shared__ FseEncoderTable table;
  CudaBlockExec x;
  x.for_each(kByteValues, [&](uint32_t i) {
    table.symbols[i] = d_context->encoder.symbols[i];
  });
  x.for_each(kFseContextSlots, [&](uint32_t i) {
    table.next_state[i] = d_context->encoder.next_state[i];
  });
  const uint32_t block = blockIdx.x;
  const uint32_t words = encode_fse_block(
      x, table, d_symbols + uint64_t{block} * kFseBlockSymbols,
      fse_block_size(n, block),
      d_blocks + uint64_t{block} * fse_block_words(kFseBlockSymbols));
  x.single([&] { d_words[block] = words; });
}

// One CTA decodes one block.
__global__ void __launch_bounds__(kFseBlockStreams)
    fse_decode_kernel(const FseContext* d_context, const uint32_t* d_blocks,
                      uint64_t n, uint8_t* d_symbols) {
  __shared__ uint32_t cells[kFseContextSlots];
  CudaBlockExec x;
  x.for_each(kFseContextSlots,
             [&](uint32_t i) { cells[i] = d_context->cells[i]; });
  const uint32_t block = blockIdx.x;
  decode_fse_block(
      x, cells, d_blocks + uint64_t{block} * fse_block_words(kFseBlockSymbols),
      fse_block_size(n, block), d_symbols + uint64_t{block} * kFseBlockSymbols);
}

}  // namespace gpu_zstd
