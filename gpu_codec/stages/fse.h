// Stage: FSE by itself, both ways, with tables prepared once for many data.
//
// The sequences of zstd blocks are coded by stages/sequences.h, each block with
// its own tables; this is the coder for symbols of any kind, and the measure of
// what FSE costs on this device.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/fse_stream.h"

namespace gpu_zstd {

// Blocks that `n` symbols are coded in.
constexpr uint64_t fse_blocks(uint64_t n) {
  return (n + kFseBlockSymbols - 1) / kFseBlockSymbols;
}

// Bytes to provide for the code of `n` symbols: each block has a place of the
// largest size a block can have.
constexpr size_t fse_capacity(uint64_t n) {
  return fse_blocks(n) * fse_block_words(kFseBlockSymbols) * sizeof(uint32_t);
}

// Prepares the context of the alphabet 0 .. alphabet - 1 (at most 256 symbols)
// with the frequencies of a sample of up to 65536 of its symbols. The context
// is sizeof(FseContext) bytes aligned to 8; any number of launches on any
// streams may read it at once.
cudaError_t launch_fse_context(const uint8_t* d_sample, uint32_t sample_size,
                               uint32_t alphabet, FseContext* d_context,
                               cudaStream_t stream);

// Encodes `n` symbols, all of the context's alphabet.
//
// d_symbols  aligned to 16 bytes
// d_code     aligned to 4 bytes, fse_capacity(n) bytes; block b begins at word
//            b * fse_block_words(kFseBlockSymbols)
// d_words    receives the words of each block's code, fse_blocks(n) of them
//
// All pointers are device memory and stay the caller's. Returns the launch's
// error; `stream` is not synchronised. Any thread may call it.
cudaError_t launch_fse_encoder(const FseContext* d_context,
                               const uint8_t* d_symbols, uint64_t n,
                               uint32_t* d_code, uint32_t* d_words,
                               cudaStream_t stream);

// Decodes what launch_fse_encoder() made of `n` symbols with the same context.
// It trusts the code: it is no decoder for data from elsewhere. The rest is as
// above.
cudaError_t launch_fse_decoder(const FseContext* d_context,
                               const uint32_t* d_code, uint64_t n,
                               uint8_t* d_symbols, cudaStream_t stream);

}  // namespace gpu_zstd
