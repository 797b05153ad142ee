// The directory that the databases of a comparison live in.
#pragma once

#include <cstdint>
#include <string>

namespace gpu_zstd::compare {

// Where the database of a run lies below a workspace.
inline constexpr const char* kDatabase = "/db";

class Workspace {
 public:
  // Empty `directory`: a fresh one under $TMPDIR, or /tmp. Otherwise that
  // directory, which must be empty or not exist (its parent must).
  //
  // Throws a CompareError if it is not, or cannot be made or written. What is
  // made here is removed by remove_debris(); a directory that was there stays.
  explicit Workspace(const std::string& directory);

  // For all files of the comparison.
  const std::string& path() const { return path_; }

  // The name of its file system: "tmpfs", "ext4", …, or a number in hex.
  std::string file_system() const;

  // Throws a CompareError that says how much is missing unless `bytes` are
  // free there.
  void require_free_bytes(uint64_t bytes) const;

 private:
  void use_given(const std::string& directory);

  std::string path_;
};

}  // namespace gpu_zstd::compare
