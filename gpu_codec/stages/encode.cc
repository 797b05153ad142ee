#include "gpu_codec/stages/encode.h"

#include <algorithm>

#include "gpu_codec/device/encoder_memory.h"
#include "gpu_codec/preset_switch.h"
#include "gpu_codec/stages/encode_preset.h"

namespace gpu_zstd {
namespace {

uint32_t block_bytes_of(size_t max_chunk_bytes) {
  return static_cast<uint32_t>(
      std::clamp<size_t>(max_chunk_bytes, 1, kMaxBlockBytes));
}

size_t stride_of_preset(uint32_t preset, uint32_t block_bytes) {
  size_t stride = 0;
  with_preset(preset, block_bytes, [&]<class Kind>(Kind) {
    Carver fast;
    Carver slow;
    carve_encoder<Kind::kPreset, Kind::kBlockBytes>(fast, slow);
    stride = slow.used();
  });
  return stride;
}

}  // namespace

size_t encode_workspace_stride(size_t max_chunk_bytes, int level) {
  const uint32_t block_bytes = block_bytes_of(max_chunk_bytes);
  return std::max(stride_of_preset(preset_of(level, 1), block_bytes),
                  stride_of_preset(preset_of(level, block_bytes), block_bytes));
}

cudaError_t launch_encode(EncodeBatch batch, uint32_t ctas,
                          cudaStream_t stream) {
  batch.block_bytes = block_bytes_of(batch.max_chunk_bytes);
  batch.workspace_stride =
      encode_workspace_stride(batch.max_chunk_bytes, batch.level);
  const uint32_t for_small = preset_of(batch.level, 1);
  const uint32_t for_large = preset_of(batch.level, batch.block_bytes);
  cudaError_t error = cudaSuccess;
  const auto launch = [&](uint32_t preset) {
    with_preset(preset, batch.block_bytes, [&]<class Kind>(Kind) {
      error = launch_encode_preset<Kind::kPreset>(batch, ctas, stream);
    });
  };
  const bool single = batch.d_inputs == nullptr;
  if (!single || for_small == for_large) launch(for_small);
  if (error == cudaSuccess && for_small != for_large) launch(for_large);
  return error;
}

cudaError_t encode_resources(size_t max_chunk_bytes, int level, bool alone,
                             KernelResources* resources) {
  const uint32_t block_bytes = block_bytes_of(max_chunk_bytes);
  cudaError_t error = cudaSuccess;
  with_preset(preset_of(level, block_bytes), block_bytes,
              [&]<class Kind>(Kind) {
                error = encode_resources_preset<Kind::kPreset>(
                    block_bytes, alone, resources);
              });
  return error;
}

cudaError_t take_stage_cycles(size_t chunk_bytes, int level,
                              std::array<uint64_t, kStages>* cycles) {
  const uint32_t block_bytes = block_bytes_of(chunk_bytes);
  cudaError_t error = cudaSuccess;
  with_preset(preset_of(level, block_bytes), block_bytes,
              [&]<class Kind>(Kind) {
                error = take_stage_cycles_preset<Kind::kPreset>(cycles->data());
              });
  return error;
}

}  // namespace gpu_zstd
