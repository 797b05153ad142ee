// The fused encoder compiled for one preset; one source file each, because they
// take long to compile.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/stage_clock.h"
#include "gpu_codec/kernels/encode_batch.h"
#include "gpu_codec/kernels/lz77_batch.h"

namespace gpu_zstd {

// Launches the encoder of preset `kPreset`, up to `ctas` CTAs, over the chunks
// of the batch that use it.
template <uint32_t kPreset>
cudaError_t launch_encode_preset(const EncodeBatch& batch, uint32_t ctas,
                                 cudaStream_t stream);

// Launches the LZ77 stage of preset `kPreset` over the blocks that use it.
template <uint32_t kPreset>
cudaError_t launch_lz77_preset(const Lz77Batch& batch, cudaStream_t stream);

// What one kernel takes of a multiprocessor.
struct KernelResources {
  int threads;          // of a CTA
  int registers;        // of a thread
  size_t shared_bytes;  // of a CTA
  size_t local_bytes;   // of a thread, spilled registers among them
  int resident_ctas;    // of a multiprocessor of the current device
};

// Asks the runtime about the encoder of preset `kPreset` for blocks of up to
// `block_bytes`; `alone` as in encode.h.
template <uint32_t kPreset>
cudaError_t encode_resources_preset(uint32_t block_bytes, bool alone,
                                    KernelResources* resources);

// Reads and clears the cycles by stage of all CTAs of the preset, kStages
// values. cudaErrorNotSupported when built without GPU_ZSTD_STAGE_CLOCKS.
template <uint32_t kPreset>
cudaError_t take_stage_cycles_preset(uint64_t* cycles);

}  // namespace gpu_zstd
