// Arguments of the LZ77 stage's kernel, passed by value.
#pragma once

#include <cstddef>
#include <cstdint>

#include "gpu_codec/device/sequences.h"

namespace gpu_zstd {

struct Lz77Batch {
  const void* const* d_inputs;
  const size_t* d_input_sizes;
  uint32_t count;
  int level;
  bool lane_order;
  uint8_t* d_workspace;
  size_t workspace_stride;  // bytes for one block
  BlockSequences* d_blocks;
};

}  // namespace gpu_zstd
