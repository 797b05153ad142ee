// Stage: frames (RFC 8878, 3.1.1) of a batch, from encoded blocks.
#pragma once

#include <cuda_runtime_api.h>

#include <cstdint>

#include "gpu_codec/device/frame_writer.h"

namespace gpu_zstd {

// Puts `frame_count` frames together. d_frames[f] names source, blocks and
// output of a frame (see frame_writer.h), `max_blocks` is the largest
// frame_blocks() of them and at least 1, frame_count at most 65535.
// d_frame_bytes[f] receives the frame's length, or 0 when it is above the
// frame's capacity; then nothing was written to its output.
//
// All pointers, also those inside d_frames, are device-readable (outputs
// device-writable) and stay the caller's. Returns the launch's error; `stream`
// is not synchronised. Any thread may call it.
cudaError_t launch_frame_assembler(const FrameParts* d_frames,
                                   uint32_t frame_count, uint32_t max_blocks,
                                   uint64_t* d_frame_bytes,
                                   cudaStream_t stream);

// d_hashes[c] becomes the XXH64 (seed 0) of the d_sizes[c] bytes at
// d_contents[c]. The hash is serial in four lanes by definition.
cudaError_t launch_content_checksum(const uint8_t* const* d_contents,
                                    const uint64_t* d_sizes,
                                    uint32_t content_count, uint64_t* d_hashes,
                                    cudaStream_t stream);

}  // namespace gpu_zstd
