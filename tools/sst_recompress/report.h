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
  std::string output;         // empty when measuring
  std::string column_family;  // empty for a file that is in no database
  int lsm_level = 0;          // there
  std::string engine;
  int level = 0;
  rocksdb::Status status;
  bool skipped = false;  // done by an earlier run
  uint64_t source_bytes = 0;
  uint64_t output_bytes = 0;  // when measuring: what it would be, about
  StoreCounts data;
  double seconds = 0;  // with verification, if there was one
};

// "000012.sst  level 9  64.2 MB -> 40.1 MB (62.5 %)  1234 blocks  85.0 MB/s",
// the rate in uncompressed bytes.
std::string file_line(const FileReport& file);

// One line for each engine and level: files, sizes, ratio, rate; and failures,
// if any. `seconds` is what all took together, wall clock.
std::string summary_text(const std::vector<FileReport>& files, double seconds);

// Everything, for programs. Sizes in bytes, times in seconds.
std::string json_text(const Command& command,
                      const std::vector<FileReport>& files, double seconds);

// The status in words, with the path before it unless it is in there already:
// "out of memory" alone would help nobody.
std::string error_text(const std::string& path, const rocksdb::Status& status);

// Throws where the reports that the command wants could not be written.
void require_places(const Command& command);

// Says on stderr what went wrong with a file, or with -v on stdout what became
// of it.
void print_file(const Command& command, const FileReport& file);

// Prints the summary, under `heading`, and writes the JSON as the command says.
// False, and a line on stderr, when that cannot be written.
bool write_report(const Command& command, const std::vector<FileReport>& files,
                  double seconds, const std::string& heading);

// The exit status that the files' outcomes and a signal amount to.
int exit_status_of(const std::vector<FileReport>& files);

}  // namespace gpu_zstd::recompress
