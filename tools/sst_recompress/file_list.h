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

// The lines of a file, "-" for standard input, without empty ones. Throws
// UsageError when it cannot be read.
std::vector<std::string> read_lines(const std::string& path);

// Whether the shard is the one that does `path`. By the path alone, so that all
// shards agree whatever else their lists have.
bool is_in_shard(const Shard& shard, const std::string& path);

// Directories stand for the *.sst files in them, by name; a line of the list
// may give the new file's name after a tab. Of all of them this shard's. Throws
// UsageError when a path does not exist, a directory has no such file, the
// output is not a directory but there are several files, two files would be
// written under one name, or one under a source's, while it grows or at the
// end.
std::vector<FilePair> list_files(const Command& command);

}  // namespace gpu_zstd::recompress
