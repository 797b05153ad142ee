#include "gpu_codec/kernels/sequence_kernel.cuh"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/stages/sequences.h"

namespace gpu_zstd {

cudaError_t launch_sequence_encoder(const BlockSequences* d_blocks,
                                    uint32_t block_count,
                                    uint8_t* const* d_scratch,
                                    uint32_t* const* d_sections,
                                    uint32_t* d_section_bytes,
                                    cudaStream_t stream) {
  if (block_count == 0) return cudaSuccess;
  return launch_kernel(sequence_kernel, block_count, kEncodeThreads, 0, stream,
                       d_blocks, d_scratch, d_sections, d_section_bytes);
}

cudaError_t launch_block_encoder(const BlockSequences* d_blocks,
                                 uint32_t block_count,
                                 uint32_t single_stream_below,
                                 uint8_t* const* d_scratch,
                                 uint32_t* const* d_words,
                                 EncodedBlock* d_encoded, cudaStream_t stream) {
  if (block_count == 0) return cudaSuccess;
  constexpr size_t kSharedBytes = sizeof(BlockEncoderShared);
  const cudaError_t error = cleared(cudaFuncSetAttribute(
      block_kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
      static_cast<int>(kSharedBytes)));
  if (error != cudaSuccess) return error;
  return launch_kernel(block_kernel, block_count, kEncodeThreads, kSharedBytes,
                       stream, d_blocks, single_stream_below, d_scratch,
                       d_words, d_encoded);
}

}  // namespace gpu_zstd
