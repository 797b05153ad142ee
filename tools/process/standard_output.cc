#include "tools/process/standard_output.h"

#include <cstdio>

namespace gpu_zstd {

bool flush_standard_output() {
  return std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
}

}  // namespace gpu_zstd
