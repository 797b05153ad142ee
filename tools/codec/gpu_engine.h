// Engines that need a CUDA device. All throw std::runtime_error without one, or
// when this was built without CUDA.
#pragma once

#include <memory>

#include "tools/codec/encode_engine.h"
#include "tools/codec/nvcomp_library.h"

namespace gpu_zstd::tools {

// The encoder alone, with all memory on the device.
std::unique_ptr<EncodeEngine> make_gpu_engine(const EngineOptions& options);

// nvCOMP's batched zstd compression, with all memory on the device.
std::unique_ptr<EncodeEngine> make_nvcomp_engine(
    std::unique_ptr<NvcompLibrary> library);

// The streaming pipeline, from host memory to host memory. `pinned`: the input
// is pinned, so that it need not be copied before it goes to the device.
std::unique_ptr<EncodeEngine> make_stream_engine(const EngineOptions& options,
                                                 bool pinned);

}  // namespace gpu_zstd::tools
