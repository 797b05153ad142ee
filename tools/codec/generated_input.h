// Inputs for bench_codec that are made, not read.
#pragma once

#include <cstddef>
#include <vector>

#include "tools/inputs/chunk_shapes.h"

namespace gpu_zstd::tools {

// The hard shapes of tools/inputs, each as several blocks of `block_bytes` that
// differ in their random bytes only.
std::vector<inputs::NamedChunk> generated_inputs(size_t block_bytes);

}  // namespace gpu_zstd::tools
