// Body of encode_preset_*.cu.
#pragma once

#include <algorithm>

#include "gpu_codec/kernels/encode_kernel.cuh"
#include "gpu_codec/kernels/lz77_kernel.cuh"
#include "gpu_codec/preset_switch.h"
#include "gpu_codec/stages/encode_preset.h"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/workspace.h"

namespace gpu_zstd {

// One of the encoder's kernels and what a launch of it needs.
struct EncodeKernel {
  void (*kernel)(EncodeBatch);
  uint32_t threads;
  size_t shared_bytes;  // dynamic
};

template <uint32_t kPreset, uint32_t kBlockBytes, bool kAlone>
EncodeKernel encode_kernel_kind() {
  Carver fast;
  Carver slow;
  carve_encoder<kPreset, kBlockBytes, kAlone>(fast, slow);
  return {encode_kernel<kPreset, kBlockBytes, kAlone>,
          cta_shape(kPreset, kBlockBytes, kAlone).threads, fast.used()};
}

// The kernel for blocks of up to `block_bytes`, allowed its shared memory.
template <uint32_t kPreset>
cudaError_t find_encode_kernel(uint32_t block_bytes, bool alone,
                               EncodeKernel* found) {
  *found = with_layout<kPreset>(block_bytes, [&]<class Kind>(Kind) {
    if constexpr (Kind::kBlockBytes <= kSmallBlockBytes) {
      if (alone) return encode_kernel_kind<kPreset, Kind::kBlockBytes, true>();
    }
    return encode_kernel_kind<kPreset, Kind::kBlockBytes, false>();
  });
  return cleared(cudaFuncSetAttribute(
      found->kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
      static_cast<int>(found->shared_bytes)));
}

inline cudaError_t count_resident_ctas(const EncodeKernel& k, int* count) {
  return cleared(cudaOccupancyMaxActiveBlocksPerMultiprocessor(
      count, k.kernel, static_cast<int>(k.threads), k.shared_bytes));
}

// CTAs beyond those that run at once would begin when the first have done all
// their chunks, and leave most of the device idle.
inline cudaError_t limit_to_one_wave(const EncodeKernel& k,
                                     uint32_t multiprocessors, uint32_t* ctas) {
  int resident = 0;
  const cudaError_t error = count_resident_ctas(k, &resident);
  if (error != cudaSuccess) return error;
  const uint32_t wave = static_cast<uint32_t>(resident) * multiprocessors;
  if (wave > 0) *ctas = std::min(*ctas, wave);
  return cudaSuccess;
}

template <uint32_t kPreset>
cudaError_t launch_encode_preset(const EncodeBatch& batch, uint32_t ctas,
                                 cudaStream_t stream) {
  EncodeKernel k;
  const bool alone = ctas <= batch.multiprocessors;
  cudaError_t error = find_encode_kernel<kPreset>(batch.block_bytes, alone, &k);
  if (error == cudaSuccess && !alone && batch.multiprocessors > 0) {
    error = limit_to_one_wave(k, batch.multiprocessors, &ctas);
  }
  if (error != cudaSuccess) return error;
  return launch_kernel(k.kernel, ctas, k.threads, k.shared_bytes, stream,
                       batch);
}

template <uint32_t kPreset>
cudaError_t encode_resources_preset(uint32_t block_bytes, bool alone,
                                    KernelResources* resources) {
  EncodeKernel k;
  cudaError_t error = find_encode_kernel<kPreset>(block_bytes, alone, &k);
  if (error != cudaSuccess) return error;
  cudaFuncAttributes attributes{};
  error = cleared(cudaFuncGetAttributes(&attributes, k.kernel));
  if (error != cudaSuccess) return error;
  int resident_ctas = 0;
  error = count_resident_ctas(k, &resident_ctas);
  if (error != cudaSuccess) return error;
  *resources = {static_cast<int>(k.threads), attributes.numRegs,
                attributes.sharedSizeBytes + k.shared_bytes,
                attributes.localSizeBytes, resident_ctas};
  return cudaSuccess;
}

template <uint32_t kPreset>
cudaError_t take_stage_cycles_preset(uint64_t* cycles) {
#if defined(GPU_ZSTD_STAGE_CLOCKS)
  const cudaError_t error =
      cleared(cudaMemcpyFromSymbol(cycles, stage_cycles, sizeof(stage_cycles)));
  if (error != cudaSuccess) return error;
  const unsigned long long zeros[kStages] = {};
  return cleared(cudaMemcpyToSymbol(stage_cycles, zeros, sizeof(stage_cycles)));
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
  const cudaError_t error = cleared(
      cudaFuncSetAttribute(kernel, cudaFuncAttributeMaxDynamicSharedMemorySize,
                           static_cast<int>(fast.used())));
  if (error != cudaSuccess) return error;
  constexpr uint32_t kThreads =
      cta_shape(kPreset, kMaxBlockBytes, false).threads;
  return launch_kernel(kernel, batch.count, kThreads, fast.used(), stream,
                       batch);
}

}  // namespace gpu_zstd
