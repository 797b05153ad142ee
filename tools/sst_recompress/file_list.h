// Which files to read, and what the new ones are called.
#pragma once

#include <string>
#include <vector>

#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

struct FilePair {
  std::string source;
  std::string output;  // empty when measuring
};

// Directories stand for the *.sst files in them, by name. Throws UsageError
// when a path does not exist, a directory has no such file, the output is not a
// directory but there are several files, or two files would get one name.
std::vector<FilePair> list_files(const Command& command);

}  // namespace gpu_zstd::recompress
