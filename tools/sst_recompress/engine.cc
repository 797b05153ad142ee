#include "tools/sst_recompress/engine.h"

#include <cstdio>

#include "rocksdb_glue/sst/gpu_block_engine.h"

namespace gpu_zstd::recompress {
namespace {

void say_that_gpu_failed(const std::string& why) {
  std::fprintf(stderr, "sst_recompress: the GPU failed (%s); the CPU goes on\n",
               why.c_str());
}

}  // namespace

std::unique_ptr<BlockEngine> make_engine(const std::string& name, int level) {
  if (name != "cpu") {
    std::string why_not;
    std::unique_ptr<BlockEngine> gpu =
        make_gpu_block_engine(level, say_that_gpu_failed, &why_not);
    if (gpu != nullptr) {
      return gpu;
    }
    if (name == "gpu") {
      std::fprintf(stderr, "sst_recompress: %s; the CPU compresses\n",
                   why_not.c_str());
    }
  }
  return std::make_unique<CpuBlockEngine>(Scheduler::shared(), level);
}

const std::vector<std::string>& engine_names() {
  static const std::vector<std::string> names = {"auto", "gpu", "cpu"};
  return names;
}

}  // namespace gpu_zstd::recompress
