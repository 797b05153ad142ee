// Chunks of many shapes for tests of whole frames; see tools/inputs.
#pragma once

#include "tools/inputs/chunk_shapes.h"

namespace gpu_zstd::testing {

using inputs::chunk_shapes;
using inputs::NamedChunk;
using inputs::random_chunk;
using inputs::wordy_chunk;

}  // namespace gpu_zstd::testing
