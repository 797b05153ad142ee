// What a power cut leaves of the files and names that a program wrote.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace gpu_zstd::test {

// Follows a program's calls and undoes on demand what was not synced:
//   bytes of a file behind its last fsync;
//   names that were made, changed or removed behind the last fsync of their
//   directory. Those reach the disk in the order of the calls, as journaling
//   file systems have it, so that a cut leaves some first of them.
// Thread-safe.
class PowerCut {
 public:
  // `attic` is an empty directory on the file system of the files; there every
  // file keeps a second name, by which it can come back.
  explicit PowerCut(std::string attic) : attic_(std::move(attic)) {}

  // Before the call is made: creating (or opening and emptying), renaming and
  // removing a file.
  void will_create(const std::string& path);
  void will_rename(const std::string& from, const std::string& to);
  void will_remove(const std::string& path);
  // After it was made.
  void created(const std::string& path);
  // The first `bytes` of the file are on the disk; all names in the directory.
  void synced(const std::string& path, uint64_t bytes);
  void directory_synced(const std::string& path);

  // The power goes: the files are cut down to what was synced, and of the
  // changes of names not synced only the first `kept` remain. Nothing may be
  // called after it.
  void lose(size_t kept);
  size_t unsynced_names() const;

 private:
  struct File {
    std::string link;                      // in the attic
    std::optional<uint64_t> synced_bytes;  // none for one that was there before
  };
  using FilePtr = std::shared_ptr<File>;          // null: no such file
  using Change = std::map<std::string, FilePtr>;  // the names and their files

  FilePtr file_at(const std::string& name);
  void remember(const std::string& name);

  const std::string attic_;
  mutable std::mutex mutex_;                // guards all below
  size_t links_ = 0;                        // in the attic
  std::map<std::string, FilePtr> now_;      // every name that was ever touched
  std::map<std::string, FilePtr> on_disk_;  // the same names, as synced
  std::vector<Change> unsynced_;
};

}  // namespace gpu_zstd::test
