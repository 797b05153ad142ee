// Body of encode_preset_*.cu.
#pragma once

#include "gpu_codec/kernels/encode_kernel.cuh"
#include "gpu_codec/kernels/lz77_kernel.cuh"
#include "gpu_codec/stages/encode_preset.h"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

template <uint32_t kPreset, uint32_t kBlockBytes>
cudaError_t launch_encode_kind(const EncodeBatch& batch, uint32_t ctas,
                               cudaStream_t stream) {
  Carver fast(nullptr);
  Carver slow(nullptr);
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
  if (batch.block_bytes <= kTinyBlockBytes) {
    return launch_encode_kind<kPreset, kTinyBlockBytes>(batch, ctas, stream);
  }
  if (batch.block_bytes <= kSmallBlockBytes) {
    return launch_encode_kind<kPreset, kSmallBlockBytes>(batch, ctas, stream);
  }
  return launch_encode_kind<kPreset, kMaxBlockBytes>(batch, ctas, stream);
}

template <uint32_t kPreset>
cudaError_t launch_lz77_preset(const Lz77Batch& batch, cudaStream_t stream) {
  Carver fast(nullptr);
  Carver slow(nullptr);
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
