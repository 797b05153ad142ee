// Stage: from the bytes of blocks to their sequences and literals.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/sequences.h"

namespace gpu_zstd {

// Workspace for each block of launch_lz77_matcher(), whatever its size.
size_t lz77_workspace_size(int level);

// Finds the sequences of `count` blocks at `level`, each as the first of a
// frame.
//
// d_inputs[b], d_input_sizes[b]  the block, 1 .. kMaxBlockBytes bytes
// d_workspace                    count * lz77_workspace_size(level) bytes,
//                                aligned to 16; the results lie in it
// d_blocks[b]                    receives the sequences; their arrays are valid
//                                as long as the workspace is left alone
//
// `lane_order` as in DeviceTraits. All pointers are device-readable and stay
// the caller's. Needs 197 KB of shared memory for a CTA, at levels 1 to 3 225
// KB and from 11 on 223 KB. Returns the launch's error; `stream` is not
// synchronised. Any thread may call it.
cudaError_t launch_lz77_matcher(const void* const* d_inputs,
                                const size_t* d_input_sizes, uint32_t count,
                                int level, bool lane_order, void* d_workspace,
                                BlockSequences* d_blocks, cudaStream_t stream);

}  // namespace gpu_zstd
