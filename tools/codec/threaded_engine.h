// Engines that encode on the CPU, each block on one of several threads.
#pragma once

#include <memory>

#include "tools/codec/encode_engine.h"

namespace gpu_zstd::tools {

std::unique_ptr<EncodeEngine> make_host_engine(const EngineOptions& options);
std::unique_ptr<EncodeEngine> make_cpu_engine(const EngineOptions& options);

}  // namespace gpu_zstd::tools
