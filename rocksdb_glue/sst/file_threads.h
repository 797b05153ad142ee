// Several files at once on a fixed number of threads.
#pragma once

#include <cstddef>
#include <functional>

namespace gpu_zstd {

// How work on many files shares threads and memory.
struct FileThreads {
  int threads = 1;  // in all
  size_t files_at_once = 1;

  // `threads` 0 means one for each hardware thread, more than that are not
  // used. `files_at_once` 0 means a quarter of the threads, from 2 to 8: while
  // one file is synced, opened or ends, another one keeps the threads busy.
  // Never more than `files`.
  static FileThreads choose(int threads, size_t files_at_once, size_t files);
};

// Calls `work(i)` once for each i in [0, files), begun in order, at most
// files_at_once at a time; returns when all are done. The pipelines inside
// share the threads. `work` must not throw. Throws std::system_error when no
// thread can be started.
void for_each_file(const FileThreads& limits, size_t files,
                   const std::function<void(size_t)>& work);

}  // namespace gpu_zstd
