#include "gpu_codec/stages/lz77.h"

#include <algorithm>

#include "gpu_codec/preset_switch.h"
#include "gpu_codec/stages/encode.h"
#include "gpu_codec/stages/encode_preset.h"

namespace gpu_zstd {

size_t lz77_workspace_size(int level) {
  return encode_workspace_stride(kMaxBlockBytes, level);
}

cudaError_t launch_lz77_matcher(const void* const* d_inputs,
                                const size_t* d_input_sizes, uint32_t count,
                                int level, bool lane_order, void* d_workspace,
                                BlockSequences* d_blocks, cudaStream_t stream) {
  if (count == 0) return cudaSuccess;
  const Lz77Batch batch{d_inputs,
                        d_input_sizes,
                        count,
                        level,
                        lane_order,
                        static_cast<uint8_t*>(d_workspace),
                        lz77_workspace_size(level),
                        d_blocks};
  cudaError_t error = cudaSuccess;
  const auto launch = [&](uint32_t preset) {
    with_preset(preset, kMaxBlockBytes, [&]<class Kind>(Kind) {
      error = launch_lz77_preset<Kind::kPreset>(batch, stream);
    });
  };
  const uint32_t for_small = preset_of(level, 1);
  const uint32_t for_large = preset_of(level, kMaxBlockBytes);
  launch(for_small);
  if (error == cudaSuccess && for_small != for_large) launch(for_large);
  return error;
}

}  // namespace gpu_zstd
