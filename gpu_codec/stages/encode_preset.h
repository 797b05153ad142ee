// The fused encoder compiled for one preset; one source file each, because they
// take long to compile.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "gpu_codec/kernels/encode_batch.h"

namespace gpu_zstd {

// Launches the encoder of preset `kPreset` over the chunks of the batch that
// use it.
template <uint32_t kPreset>
cudaError_t launch_encode_preset(const EncodeBatch& batch, uint32_t ctas,
                                 cudaStream_t stream);

}  // namespace gpu_zstd
