// A file system in which a chosen call fails, or in which the power goes at it.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "rocksdb/file_system.h"

namespace gpu_zstd::test {

// Counts the calls that change something and fails the one it is told to.
struct Fate {
  std::atomic<int> calls{0};
  int fails_at = -1;
  bool renamed = false;
  // If set, called instead of failing; does not return.
  std::function<void()> end_of_process;

  rocksdb::IOStatus next(const char* what);

  // What would be left of the files after a power cut: how much of each was
  // synced when, by the last call of this.
  void note_written(const std::string& path, uint64_t synced_bytes);
  void note_renamed(const std::string& from, const std::string& to);
  // Cuts every written file down to what was synced.
  void lose_unsynced();

 private:
  std::mutex mutex_;
  std::map<std::string, uint64_t> synced_bytes_;  // guarded by mutex_
};

// On top of the default file system. `fate` must outlive it and its files.
std::shared_ptr<rocksdb::FileSystem> make_fragile_file_system(Fate& fate);

}  // namespace gpu_zstd::test
