// A file system in which a chosen call fails, or in which the power goes at it.
#pragma once

#include <atomic>
#include <functional>
#include <memory>

#include "rocksdb/file_system.h"
#include "tests/rocksdb_glue/sst/power_cut.h"

namespace gpu_zstd::test {

// Counts the calls that change something and fails the one it is told to.
struct Fate {
  std::atomic<int> calls{0};
  int fails_at = -1;
  bool renamed = false;
  // If set, called instead of failing; does not return.
  std::function<void()> end_of_process;
  // If set, told of all that is written, so that it can say what is left.
  PowerCut* power = nullptr;

  rocksdb::IOStatus next(const char* what);
};

// On top of the default file system. `fate` must outlive it and its files.
std::shared_ptr<rocksdb::FileSystem> make_fragile_file_system(Fate& fate);

}  // namespace gpu_zstd::test
