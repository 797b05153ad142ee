#include "gpu_codec/kernels/fse_kernel.cuh"
#include "gpu_codec/stages/fse.h"
#include "gpu_codec/stages/launch_check.h"

namespace gpu_zstd {

cudaError_t launch_fse_context(const uint8_t* d_sample, uint32_t sample_size,
                               uint32_t alphabet, FseContext* d_context,
                               cudaStream_t stream) {
  if (alphabet == 0 || alphabet > kByteValues || sample_size > 65536) {
    return cudaErrorInvalidValue;
  }
  return launch_kernel(fse_context_kernel, 1, kFseContextThreads, 0, stream,
                       d_sample, sample_size, alphabet, d_context);
}

cudaError_t launch_fse_encoder(const FseContext* d_context,
                               const uint8_t* d_symbols, uint64_t n,
                               uint32_t* d_code, uint32_t* d_words,
                               cudaStream_t stream) {
  if (n == 0) return cudaSuccess;
  return launch_kernel(fse_encode_kernel, static_cast<uint32_t>(fse_blocks(n)),
                       kFseBlockStreams, 0, stream, d_context, d_symbols, n,
                       d_code, d_words);
}

cudaError_t launch_fse_decoder(const FseContext* d_context,
                               const uint32_t* d_code, uint64_t n,
                               uint8_t* d_symbols, cudaStream_t stream) {
  if (n == 0) return cudaSuccess;
  return launch_kernel(fse_decode_kernel, static_cast<uint32_t>(fse_blocks(n)),
                       kFseBlockStreams, 0, stream, d_context, d_code, n,
                       d_symbols);
}

}  // namespace gpu_zstd
