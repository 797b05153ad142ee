// Which bytes of which files are compared on.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gpu_zstd::compare {

struct InputFile {
  std::string path;
  uint64_t bytes = 0;  // taken from its front
};

struct InputSelection {
  std::vector<InputFile> files;
  std::vector<std::string> sources;  // the paths they were found under
  uint64_t taken_bytes = 0;
  uint64_t available_bytes = 0;  // in all files found
};

// Takes at most `max_bytes` of the files and directories named. Each path gets
// an equal share; what one leaves over goes to the others. A directory means
// the regular files in and below it, by path; links in it are not followed.
//
// Throws a CompareError that names the path if it does not exist, is neither
// file nor directory, is empty, or if anything in it cannot be read.
InputSelection select_input(const std::vector<std::string>& paths,
                            uint64_t max_bytes);

// The same from files that every machine with a C++ toolchain has: RocksDB's
// source tree (if the path is not empty), shared libraries, headers and
// /usr/share, at most 1 MiB of each file. What is missing or unreadable is
// passed over; throws if nothing is left.
InputSelection select_default_input(const std::string& rocksdb_source,
                                    uint64_t max_bytes);

}  // namespace gpu_zstd::compare
