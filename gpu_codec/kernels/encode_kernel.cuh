#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda/atomic>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/frame_encoder.h"
#include "gpu_codec/kernels/dynamic_shared_memory.cuh"
#include "gpu_codec/kernels/encode_batch.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {

// What chunk `c` of the batch asks for.
__device__ __forceinline__ FrameJob frame_job(const EncodeBatch& batch,
                                              uint32_t c) {
  if (batch.d_inputs == nullptr) {
    return {static_cast<const uint8_t*>(batch.only.d_input),
            batch.only.input_bytes, static_cast<uint8_t*>(batch.only.d_output),
            batch.only.output_capacity, batch.checksum};
  }
  return {static_cast<const uint8_t*>(batch.d_inputs[c]),
          batch.d_input_sizes[c], static_cast<uint8_t*>(batch.d_outputs[c]),
          batch.d_output_capacities[c], batch.checksum};
}

// Encodes one chunk and says how it went.
template <uint32_t kPreset, uint32_t kBlockBytes>
__device__ __forceinline__ void encode_chunk(
    CudaBlockExec& x, FrameEncoderMemory<kPreset, kBlockBytes>& memory,
    const EncodeBatch& batch, uint32_t c) {
  const FrameJob job = frame_job(batch, c);
  const bool fits_memory = job.source_bytes <= batch.max_chunk_bytes;
  if (fits_memory && preset_of(batch.level, job.source_bytes) != kPreset) {
    return;  // another launch of this batch does it
  }
  const uint64_t bytes = fits_memory ? encode_frame(x, memory, job) : 0;
  x.single([&] {
    batch.d_output_sizes[c] = bytes;
    const Status status = !fits_memory ? Status::kUnsupported
                          : bytes != 0 ? Status::kCompressed
                                       : Status::kDoesNotFit;
    // Behind what all threads wrote, for a host that looks at it.
    cuda::atomic_ref<Status, cuda::thread_scope_system>(batch.d_statuses[c])
        .store(status, cuda::memory_order_release);
  });
}

// Each CTA encodes every gridDim.x-th chunk, in its own part of the workspace.
template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
__global__ void __launch_bounds__(
    cta_shape(kPreset, kBlockBytes, kAlone).threads,
    cta_shape(kPreset, kBlockBytes, kAlone).ctas)
    encode_kernel(const __grid_constant__ EncodeBatch batch) {
  CudaBlockExec x;
  Carver fast(dynamic_shared_memory());
  Carver slow(batch.d_workspace +
              static_cast<size_t>(blockIdx.x) * batch.workspace_stride);
  auto memory = carve_encoder<kPreset, kBlockBytes, kAlone>(fast, slow);
  memory.lz77.lane_order = batch.lane_order;
  for (uint32_t c = blockIdx.x; c < batch.count; c += gridDim.x) {
    encode_chunk(x, memory, batch, c);
    __syncthreads();
  }
}

}  // namespace gpu_zstd
