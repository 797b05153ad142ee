#include "tools/codec/encode_engine.h"

#include <stdexcept>

#include "tools/codec/gpu_engine.h"
#include "tools/codec/nvcomp_library.h"
#include "tools/codec/threaded_engine.h"

namespace gpu_zstd::tools {

bool has_levels(const std::string& engine) { return engine != "nvcomp"; }

bool makes_model_frames(const std::string& engine) {
  return engine != "cpu" && engine != "nvcomp";
}

std::unique_ptr<EncodeEngine> make_engine(const std::string& name,
                                          const EngineOptions& options) {
  if (name == "host") return make_host_engine(options);
  if (name == "cpu") return make_cpu_engine(options);
  if (name == "gpu") return make_gpu_engine(options);
  if (name == "nvcomp") {
    return make_nvcomp_engine(NvcompLibrary::open(options.nvcomp_library));
  }
  if (name == "stream") return make_stream_engine(options, false);
  if (name == "stream_pinned") return make_stream_engine(options, true);
  throw std::runtime_error("there is no engine '" + name + "'; expected " +
                           kEngineNames);
}

}  // namespace gpu_zstd::tools
