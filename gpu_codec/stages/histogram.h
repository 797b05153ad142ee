// Stage: byte histograms of a batch of blocks.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

namespace gpu_zstd {

// Counts the byte values of `block_count` blocks. d_blocks[b] points to
// d_sizes[b] bytes (less than 2^32); d_counts receives 256 counts a block,
// block after block. All pointers are device-readable and stay owned by the
// caller until `stream` has passed this call. Returns the launch's error. Any
// thread may call it.
cudaError_t launch_histogram(const uint8_t* const* d_blocks,
                             const size_t* d_sizes, uint32_t block_count,
                             uint32_t* d_counts, cudaStream_t stream);

}  // namespace gpu_zstd
