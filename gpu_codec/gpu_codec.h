// The GPU encoder: chunks of bytes become standard zstd frames (RFC 8878), one
// frame a chunk, made by one cooperative thread array (CTA) each.
//
// The functions are stateless: they allocate nothing, take no lock, do not
// synchronise, and any number of threads may call them on any streams at the
// same time, each call with a workspace of its own. They only enqueue work; all
// pointers stay owned by the caller, who keeps them valid until the stream has
// passed the call. "Device-readable" is device memory, or host memory that is
// pinned and mapped.
//
// Frames carry their content size, refer to nothing but themselves and decode
// with any zstd decoder. The bytes depend on the chunk, its size, the level and
// the checksum switch alone: not on the batch, its order, the workspace, the
// device or the run. host_model/frame_model.h makes the same bytes on a CPU.
//
// For those who know nvCOMP's batched API:
//   ...GetTempSize                 get_batch_workspace_size()
//   ...GetMaxOutputChunkSize       max_frame_bytes(), for any level
//   ...CompressAsync               compress_batch_async(): the same arguments
//                                  and d_output_capacities, for a chunk's room
//                                  may be less than the bound
//   device_statuses                d_statuses, always written
//   format options                 CompressOptions, read during the call
//
// Needs a device with shared memory for a CTA of 58 KB for chunks of up to
// 4 KB, 106 KB up to 16 KB (91 and 165 KB with DeviceTraits::multiprocessors)
// and above 197 KB, from level 11 on 223 KB; at levels 1 to 3 113 KB up to 64
// KB and 225 KB above (docs/BENCHMARKS.md). On another the call returns CUDA's
// error.
#pragma once

#include <cuda_runtime_api.h>

#include <cstddef>
#include <cstdint>

#include "gpu_codec/status.h"

namespace gpu_zstd {

// What the encoder needs to know of a device; see probe_device().
struct DeviceTraits {
  // Lanes of a warp are served in order, which saves a step. CUDA does not
  // promise it. The frames are the same either way; false is always right.
  bool lane_order = false;
  // How many there are; 0: not known. Batches of no more chunks, or with
  // workspace for no more, are encoded by CTAs with a multiprocessor each,
  // which takes less time; others get no more CTAs than run at once. The frames
  // are the same either way.
  uint32_t multiprocessors = 0;
};

struct CompressOptions {
  // 1 (quickest) .. 22 (strongest); others count as the nearest of these.
  int level = 3;
  // Append the content's XXH64, which decoders check.
  bool checksum = false;
  DeviceTraits device;
};

// Looks how the current device behaves. Meant for start-up: it allocates, runs
// a small kernel and waits for it. On an error *traits is left as it was.
cudaError_t probe_device(DeviceTraits* traits);

// Longest frame of a chunk of `n` bytes, with a checksum. An incompressible
// chunk costs the frame's header and 3 bytes for each 128 KB.
size_t max_frame_bytes(size_t n);

// Bytes of device memory that encoding needs, aligned to 16 bytes: for one
// chunk of up to `max_chunk_bytes`, or for a batch of such chunks. A batch also
// runs with less, down to the first figure, with fewer chunks at a time; above
// 528 chunks a batch needs no more. What the workspace holds before a call does
// not matter, and the next call on the same stream may have it.
size_t get_workspace_size(size_t max_chunk_bytes, int level);
size_t get_batch_workspace_size(size_t batch_size, size_t max_chunk_bytes,
                                int level);

// Encodes a batch. For each chunk b < batch_size:
//   d_inputs[b], d_input_sizes[b]        the chunk; any address when empty
//   d_outputs[b], d_output_capacities[b] where its frame may go
//   d_output_sizes[b]                    receives the frame's size; 0 unless
//                                        the outcome is kCompressed
//   d_statuses[b]                        receives the outcome
// The six arrays are device-readable (the last two writable), as is what they
// point to. Nothing is written beyond a capacity; below it, what a chunk that
// does not fit leaves in its output is undefined. A capacity of
// max_frame_bytes(size) always fits. Inputs and outputs need no alignment, and
// may not overlap.
//
// A status is written last, with release order at system scope: a host thread
// that sees it change in mapped memory (acquire) may read the size and the
// frame without waiting for the stream. When all are written the call reads and
// writes nothing but the workspace any more; with max_chunk_bytes above 32 KB
// only if every chunk is longer than that, for level 19 then takes two
// launches.
//
// max_chunk_bytes is of any size, and known to the host without a copy. It
// decides about the memory of a CTA, so that a tight figure is quicker; a chunk
// above it becomes kUnsupported and hurts no other. A chunk is encoded by one
// CTA, however long it is.
//
// Returns cudaErrorInvalidValue, with nothing enqueued, for an array that is
// null, a workspace that is null, not aligned to 16 bytes or too small, or more
// than 2^31 chunks; otherwise the error of the launch. An empty batch is no
// error and looks at none of this.
cudaError_t compress_batch_async(
    const void* const* d_inputs, const size_t* d_input_sizes,
    size_t max_chunk_bytes, size_t batch_size, void* d_workspace,
    size_t workspace_size, void* const* d_outputs,
    const size_t* d_output_capacities, size_t* d_output_sizes,
    Status* d_statuses, const CompressOptions& options, cudaStream_t stream);

// Encodes one chunk, with the pointers and sizes given by value; d_input may be
// null for an empty chunk, d_output without capacity. d_output_size and
// d_status are device-writable and not null. Errors as above.
cudaError_t compress_async(void* d_workspace, size_t workspace_size,
                           const void* d_input, size_t input_size,
                           void* d_output, size_t output_capacity,
                           size_t* d_output_size, Status* d_status,
                           const CompressOptions& options, cudaStream_t stream);

}  // namespace gpu_zstd
