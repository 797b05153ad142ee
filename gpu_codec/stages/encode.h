// Stage: the fused encoder, from chunks to frames in one kernel.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "gpu_codec/kernels/encode_batch.h"

namespace gpu_zstd {

// Workspace that one CTA needs for chunks of up to `max_chunk_bytes`; a
// multiple of 16.
size_t encode_workspace_stride(size_t max_chunk_bytes, int level);

// Launches `ctas` CTAs over the batch on `stream`; the workspace has a stride
// for each. block_bytes and workspace_stride are filled in here. A batch whose
// chunks use two presets by their sizes takes two launches. Returns the
// launches' error. Any thread may call it.
cudaError_t launch_encode(EncodeBatch batch, uint32_t ctas,
                          cudaStream_t stream);

}  // namespace gpu_zstd
