// Arguments of the fused encoder kernel, passed by value.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/status.h"

namespace gpu_zstd {

// One chunk, given by value.
struct EncodeChunk {
  const void* d_input;
  size_t input_bytes;
  void* d_output;
  size_t output_capacity;
};

struct EncodeBatch {
  // `count` entries each, readable by the device. Null d_inputs: the batch is
  // the one chunk in `only`.
  const void* const* d_inputs;
  const size_t* d_input_sizes;
  void* const* d_outputs;
  const size_t* d_output_capacities;
  EncodeChunk only;
  // `count` entries each, written by the device.
  size_t* d_output_sizes;
  Status* d_statuses;
  uint32_t count;
  size_t max_chunk_bytes;
  uint32_t block_bytes;  // of the largest zstd block, for the memory's layout
  int level;
  bool checksum;
  bool lane_order;           // see device/insert_cuda.cuh
  uint32_t multiprocessors;  // of the device; 0: not known
  uint8_t* d_workspace;
  size_t workspace_stride;  // bytes for one CTA
};

}  // namespace gpu_zstd
