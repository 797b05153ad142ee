// Body of encode_preset_*.cu.
#pragma once

#include "gpu_codec/kernels/encode_kernel.cuh"
#include "gpu_codec/kernels/lz77_kernel.cuh"
#include "gpu_codec/preset_switch.h"
#include "gpu_codec/stages/encode_preset.h"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

template <uint32_t kPreset, uint32_t kBlockBytes>
cudaError_t launch_encode_kind(const EncodeBatch& batch, uint32_t ctas,
                               cudaStream_t stream) {
  Carver fast;
  Carver slow;
  carve_encoder<kPreset, kBlockBytes>(fast, slow);
  const auto kernel = encode_kernel<kPreset, kBlockBytes>;
  const cudaError_t error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(fast.used()));
  if (error != cudaSuccess) return error;
  kernel<<<ctas, encode_threads(kBlockBytes), fast.used(), stream>>>(batch);
  return launch_result();
}

template <uint32_t kPreset>
cudaError_t launch_encode_preset(const EncodeBatch& batch, uint32_t ctas,
                                 cudaStream_t stream) {
  return with_layout<kPreset>(batch.block_bytes, [&]<class Kind>(Kind) {
    return launch_encode_kind<kPreset, Kind::kBlockBytes>(batch, ctas, stream);
  });
}

template <uint32_t kPreset, uint32_t kBlockBytes>
cudaError_t encode_resources_kind(KernelResources* resources) {
  Carver fast;
  Carver slow;
  carve_encoder<kPreset, kBlockBytes>(fast, slow);
  const auto kernel = encode_kernel<kPreset, kBlockBytes>;
  constexpr int kThreads = encode_threads(kBlockBytes);
  cudaError_t error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(fast.used()));
  if (error != cudaSuccess) return error;
  cudaFuncAttributes attributes{};
  error = cudaFuncGetAttributes(&attributes, kernel);
  if (error != cudaSuccess) return error;
  int resident_ctas = 0;
  error = cudaOccupancyMaxActiveBlocksPerMultiprocessor(&resident_ctas, kernel,
                                                        kThreads, fast.used());
  if (error != cudaSuccess) return error;
  *resources = {kThreads, attributes.numRegs,
                attributes.sharedSizeBytes + fast.used(),
                attributes.localSizeBytes, resident_ctas};
  return cudaSuccess;
}

template <uint32_t kPreset>
cudaError_t encode_resources_preset(uint32_t block_bytes,
                                    KernelResources* resources) {
  return with_layout<kPreset>(block_bytes, [&]<class Kind>(Kind) {
    return encode_resources_kind<kPreset, Kind::kBlockBytes>(resources);
  });
}

template <uint32_t kPreset>
cudaError_t take_stage_cycles_preset(uint64_t* cycles) {
#if defined(GPU_ZSTD_STAGE_CLOCKS)
  const cudaError_t error =
      cudaMemcpyFromSymbol(cycles, stage_cycles, sizeof(stage_cycles));
  if (error != cudaSuccess) return error;
  const unsigned long long zeros[kStages] = {};
  return cudaMemcpyToSymbol(stage_cycles, zeros, sizeof(stage_cycles));
#else
  static_cast<void>(cycles);
  return cudaErrorNotSupported;
#endif
}

template <uint32_t kPreset>
cudaError_t launch_lz77_preset(const Lz77Batch& batch, cudaStream_t stream) {
  Carver fast;
  Carver slow;
  carve_encoder<kPreset, kMaxBlockBytes>(fast, slow);
  const auto kernel = lz77_kernel<kPreset, kMaxBlockBytes>;
  const cudaError_t error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(fast.used()));
  if (error != cudaSuccess) return error;
  kernel<<<batch.count, encode_threads(kMaxBlockBytes), fast.used(), stream>>>(
      batch);
  return launch_result();
}

}  // namespace gpu_zstd
