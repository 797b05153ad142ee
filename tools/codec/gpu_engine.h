#pragma once

#include <memory>

#include "tools/codec/encode_engine.h"

namespace gpu_zstd::tools {

// The encoder on the current CUDA device. Throws std::runtime_error without
// one, or when this was built without CUDA.
std::unique_ptr<EncodeEngine> make_gpu_engine(const EngineOptions& options);

}  // namespace gpu_zstd::tools
