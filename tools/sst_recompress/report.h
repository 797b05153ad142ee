// What the person is told at the end, as text and as JSON.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "rocksdb/status.h"
#include "rocksdb_glue/sst/measure.h"
#include "rocksdb_glue/sst/rewrite.h"
#include "tools/sst_recompress/command.h"

namespace gpu_zstd::recompress {

// One file at one level.
struct FileReport {
  std::string source;
  std::string output;  // empty when measuring
  int level = 0;
  rocksdb::Status status;
  uint64_t source_bytes = 0;
  uint64_t output_bytes = 0;  // when measuring: what it would be, about
  StoreCounts data;
  double seconds = 0;  // with verification, if there was one
};

// "000012.sst  level 9  64.2 MB -> 40.1 MB (62.5 %)  1234 blocks  85.0 MB/s",
// the rate in uncompressed bytes.
std::string file_line(const FileReport& file);

// One line for each level: files, sizes, ratio, rate; and failures, if any.
std::string summary_text(const std::vector<FileReport>& files);

// Everything, for programs. Sizes in bytes, times in seconds.
std::string json_text(const Command& command,
                      const std::vector<FileReport>& files);

}  // namespace gpu_zstd::recompress
