// Stage: the fused encoder, from chunks to frames in one kernel.
#pragma once

#include <cuda_runtime_api.h>

#include <array>
#include <cstddef>
#include <cstdint>

#include "gpu_codec/kernels/encode_batch.h"
#include "gpu_codec/stages/encode_preset.h"

namespace gpu_zstd {

// Workspace that one CTA needs for chunks of up to `max_chunk_bytes`; a
// multiple of 16.
size_t encode_workspace_stride(size_t max_chunk_bytes, int level);

// Launches up to `ctas` CTAs over the batch on `stream`, no more than run at
// once; the workspace has a stride for each. block_bytes and workspace_stride
// are filled in here. A batch whose chunks use two presets by their sizes takes
// two launches. Returns the launches' error. Any thread may call it.
cudaError_t launch_encode(EncodeBatch batch, uint32_t ctas,
                          cudaStream_t stream);

// What the kernel for chunks of `max_chunk_bytes` takes of the current device,
// or with `alone` the one for batches that leave multiprocessors free.
cudaError_t encode_resources(size_t max_chunk_bytes, int level, bool alone,
                             KernelResources* resources);

// Cycles by stage (device/stage_clock.h) that CTAs spent on chunks of
// `chunk_bytes` since the last call; waits for the device. For one thread at a
// time. cudaErrorNotSupported when built without GPU_ZSTD_STAGE_CLOCKS.
cudaError_t take_stage_cycles(size_t chunk_bytes, int level,
                              std::array<uint64_t, kStages>* cycles);

}  // namespace gpu_zstd
