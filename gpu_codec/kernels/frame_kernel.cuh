#pragma once

#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/device/xxh64.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// CTA (k, f) writes block k of frame f.
__global__ void __launch_bounds__(kFrameThreads)
    frame_kernel(const FrameParts* d_frames, uint64_t* d_frame_bytes) {
  CudaBlockExec x;
  const FrameParts frame = d_frames[blockIdx.y];
  const uint32_t blocks = frame_blocks(frame.source_bytes, frame.block_bytes);
  if (blockIdx.x >= blocks) return;
  const uint64_t bytes = write_frame_part(x, frame, blockIdx.x);
  if (blockIdx.x == 0) {
    x.single([&] { d_frame_bytes[blockIdx.y] = bytes; });
  }
}

// One CTA hashes one content.
__global__ void __launch_bounds__(kChecksumThreads)
    checksum_kernel(const uint8_t* const* d_contents, const uint64_t* d_sizes,
                    uint64_t* d_hashes) {
  __shared__ Xxh64Shared shared;
  CudaBlockExec x;
  xxh64(x, shared, d_contents[blockIdx.x], d_sizes[blockIdx.x]);
  x.single([&] { d_hashes[blockIdx.x] = shared.hash; });
}

}  // namespace gpu_zstd
