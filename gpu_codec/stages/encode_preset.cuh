// Body of encode_preset_*.cu.
#pragma once

#include "gpu_codec/kernels/encode_kernel.cuh"
#include "gpu_codec/stages/encode_preset.h"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

// Threads for small blocks of up to `block_bytes`: whole groups of four warps.
inline uint32_t small_encode_threads(uint32_t block_bytes) {
  const uint32_t wanted = block_bytes / kPositionsPerThread;
  const uint32_t rounded = (wanted + 127) / 128 * 128;
  return rounded < 128              ? 128
         : rounded < kEncodeThreads ? rounded
                                    : kEncodeThreads;
}

template <uint32_t kPreset, bool kSmall>
cudaError_t launch_encode_kind(const EncodeBatch& batch, uint32_t ctas,
                               cudaStream_t stream) {
  Carver fast(nullptr);
  Carver slow(nullptr);
  carve_encoder<kPreset, kSmall>(fast, slow, batch.block_bytes);
  constexpr uint32_t kMinCtas = kSmall ? kSmallEncodeCtas : 1;
  const auto kernel = encode_kernel<kPreset, kSmall, kMinCtas>;
  const cudaError_t error =
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(fast.used()));
  if (error != cudaSuccess) return error;
  const uint32_t threads =
      kSmall ? small_encode_threads(batch.block_bytes) : kLargeEncodeThreads;
  kernel<<<ctas, threads, fast.used(), stream>>>(batch);
  return launch_result();
}

template <uint32_t kPreset>
cudaError_t launch_encode_preset(const EncodeBatch& batch, uint32_t ctas,
                                 cudaStream_t stream) {
  if (batch.block_bytes <= kSmallBlockBytes) {
    return launch_encode_kind<kPreset, true>(batch, ctas, stream);
  }
  return launch_encode_kind<kPreset, false>(batch, ctas, stream);
}

}  // namespace gpu_zstd
