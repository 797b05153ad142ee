#include "gpu_codec/kernels/huffman_kernel.cuh"
#include "gpu_codec/stages/huffman.h"
#include "gpu_codec/stages/launch_check.h"

namespace gpu_zstd {

cudaError_t launch_huffman_encoder(const uint8_t* const* d_literals,
                                   const uint32_t* d_sizes,
                                   uint32_t block_count,
                                   uint32_t single_stream_below,
                                   uint32_t* const* d_sections,
                                   uint32_t* d_section_bytes,
                                   cudaStream_t stream) {
  if (block_count == 0) return cudaSuccess;
  return launch_kernel(huffman_kernel, block_count, kEncodeThreads, 0, stream,
                       d_literals, d_sizes, single_stream_below, d_sections,
                       d_section_bytes);
}

}  // namespace gpu_zstd
