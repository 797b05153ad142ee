// What the person asked for, checked.
#pragma once

#include <string>
#include <vector>

#include "rocksdb_glue/sst/rewrite.h"

namespace gpu_zstd::recompress {

struct Command {
  std::vector<std::string> sources;  // files or directories, as given
  std::string output;                // file or directory; empty if measure
  bool measure = false;
  std::vector<int> levels;  // one, or several to measure
  VerifyMode verify = VerifyMode::kFull;
  int threads = 0;
  uint64_t memory_bytes = 0;
  bool overwrite = false;
  bool verbose = false;
  bool quiet = false;
  std::string json;  // path, "-" for standard output, or empty
};

}  // namespace gpu_zstd::recompress
