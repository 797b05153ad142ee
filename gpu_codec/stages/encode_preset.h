// The fused encoder compiled for one preset; one source file each, because they
// take long to compile.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "gpu_codec/kernels/encode_batch.h"
#include "gpu_codec/kernels/lz77_batch.h"

namespace gpu_zstd {

// Launches the encoder of preset `kPreset` over the chunks of the batch that
// use it.
template <uint32_t kPreset>
cudaError_t launch_encode_preset(const EncodeBatch& batch, uint32_t ctas,
                                 cudaStream_t stream);

// Launches the LZ77 stage of preset `kPreset` over the blocks that use it.
template <uint32_t kPreset>
cudaError_t launch_lz77_preset(const Lz77Batch& batch, cudaStream_t stream);

}  // namespace gpu_zstd
