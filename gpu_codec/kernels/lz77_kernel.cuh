#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/exec_cuda.cuh"
#include "gpu_codec/device/frame_encoder.h"
#include "gpu_codec/kernels/dynamic_shared_memory.cuh"
#include "gpu_codec/kernels/lz77_batch.h"

namespace gpu_zstd {

// One CTA finds the sequences of one block, in its part of the workspace.
template <uint32_t kPreset, uint32_t kBlockBytes>
__global__ void __launch_bounds__(
    cta_shape(kPreset, kBlockBytes, false).threads)
    lz77_kernel(const __grid_constant__ Lz77Batch batch) {
  const uint32_t b = blockIdx.x;
  const uint32_t n = static_cast<uint32_t>(batch.d_input_sizes[b]);
  if (preset_of(batch.level, n) != kPreset) return;
  CudaBlockExec x;
  Carver fast(dynamic_shared_memory());
  Carver slow(batch.d_workspace + b * batch.workspace_stride);
  auto memory = carve_encoder<kPreset, kBlockBytes>(fast, slow);
  memory.lz77.lane_order = batch.lane_order;
  const uint8_t* source = static_cast<const uint8_t*>(batch.d_inputs[b]);
  RepHistory after;
  BlockSequences sequences =
      find_block_sequences(x, memory, source, n, initial_history(), after);
  sequences.source = source;
  x.single([&] { batch.d_blocks[b] = sequences; });
}

}  // namespace gpu_zstd
