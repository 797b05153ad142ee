#include "tools/codec/encode_engine.h"

#include <stdexcept>

#include "tools/codec/gpu_engine.h"
#include "tools/codec/threaded_engine.h"

namespace gpu_zstd::tools {

std::unique_ptr<EncodeEngine> make_engine(const std::string& name,
                                          const EngineOptions& options) {
  if (name == "host") return make_host_engine(options);
  if (name == "cpu") return make_cpu_engine(options);
  if (name == "gpu") return make_gpu_engine(options);
  if (name == "stream") return make_stream_engine(options, false);
  if (name == "stream_pinned") return make_stream_engine(options, true);
  throw std::runtime_error("there is no engine '" + name + "'; expected " +
                           kEngineNames);
}

}  // namespace gpu_zstd::tools
