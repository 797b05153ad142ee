#include "gpu_codec/kernels/frame_kernel.cuh"
#include "gpu_codec/stages/frame.h"
#include "gpu_codec/stages/launch_check.h"

namespace gpu_zstd {

cudaError_t launch_frame_assembler(const FrameParts* d_frames,
                                   uint32_t frame_count, uint32_t max_blocks,
                                   uint64_t* d_frame_bytes,
                                   cudaStream_t stream) {
  if (frame_count == 0) return cudaSuccess;
  return launch_kernel(frame_kernel, dim3(max_blocks, frame_count),
                       kFrameThreads, 0, stream, d_frames, d_frame_bytes);
}

cudaError_t launch_content_checksum(const uint8_t* const* d_contents,
                                    const uint64_t* d_sizes,
                                    uint32_t content_count, uint64_t* d_hashes,
                                    cudaStream_t stream) {
  if (content_count == 0) return cudaSuccess;
  return launch_kernel(checksum_kernel, content_count, kChecksumThreads, 0,
                       stream, d_contents, d_sizes, d_hashes);
}

}  // namespace gpu_zstd
