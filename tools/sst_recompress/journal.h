// What a batch of files has come to, in a file that outlives the process: lines
// of JSON, each appended and synced before the next step.
#pragma once

#include <cstdint>
#include <mutex>
#include <set>
#include <string>

#include "tools/sst_recompress/file_list.h"

namespace gpu_zstd::recompress {

// Thread-safe. One process at a time holds a journal.
class Journal {
 public:
  // One file that is to be made: what it is made from, as it is now, and how.
  struct Task {
    FilePair pair;
    std::string engine;
    int level = 0;
  };

  // Reads what is there and appends from now on. A last line that was cut off
  // counts as not written. Throws UsageError when the file cannot be used or
  // another process has it.
  explicit Journal(const std::string& path);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Made from the very source that is there now, and still there as it was.
  bool is_done(const Task& task) const;
  // A file of the output's name may be the rest of a run that was stopped, and
  // may be replaced.
  bool was_begun(const Task& task) const;

  // Throw std::runtime_error when the line cannot be written.
  void note_begin(const Task& task);
  void note_done(const Task& task, uint64_t output_bytes);

 private:
  void append(const std::string& line);
  void read();

  const std::string path_;
  int fd_ = -1;
  mutable std::mutex mutex_;     // guards what follows, and the file's end
  std::set<std::string> begun_;  // outputs
  std::set<std::string> done_;   // whole lines
};

}  // namespace gpu_zstd::recompress
