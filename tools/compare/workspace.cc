#include "tools/compare/workspace.h"

#include <fcntl.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "tools/compare/error.h"
#include "tools/compare/human.h"
#include "tools/process/debris.h"

namespace gpu_zstd::compare {
namespace {

namespace fs = std::filesystem;

// What a comparison makes in a directory that it is given.
constexpr const char* kSubdirectory = "/compare_compression";

[[noreturn]] void fail(const std::string& directory,
                       const std::string& reason) {
  throw CompareError("--db=" + directory + ": " + reason);
}

[[noreturn]] void fail(const std::string& directory, int error) {
  fail(directory, std::generic_category().message(error));
}

// Who holds RocksDB's lock on the database in `directory`; 0 if nobody.
pid_t lock_holder(const std::string& directory) {
  const int fd = open((directory + "/LOCK").c_str(), O_RDWR | O_CLOEXEC);
  if (fd < 0) {
    return 0;
  }
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  const bool held = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(fd);
  return held ? lock.l_pid : 0;
}

[[noreturn]] void refuse(const std::string& directory,
                         const std::string& content) {
  const std::string expected = "expected an empty directory, or a new one";
  for (const std::string& database :
       {directory, directory + kSubdirectory + kDatabase}) {
    if (const pid_t holder = lock_holder(database); holder != 0) {
      fail(directory, "holds a database in use by process " +
                          std::to_string(holder) + "; " + expected);
    }
  }
  fail(directory, "is not empty (it has '" + content + "'); " + expected);
}

// The first name in `directory`; empty if there is none.
std::string first_entry(const std::string& directory) {
  std::error_code error;
  const fs::directory_iterator entry(directory, error);
  if (error) {
    fail(directory, error.message());
  }
  return entry == fs::directory_iterator() ? ""
                                           : entry->path().filename().string();
}

}  // namespace

Workspace::Workspace(const std::string& directory) {
  if (!directory.empty()) {
    use_given(directory);
    return;
  }
  const char* const temporary = std::getenv("TMPDIR");
  const std::string parent =
      temporary == nullptr || *temporary == '\0' ? "/tmp" : temporary;
  const int error =
      create_unique_tree(parent + "/compare_compression.", &path_);
  if (error != 0) {
    throw CompareError("cannot make a working directory in " + parent + ": " +
                       std::generic_category().message(error) +
                       "; name another with --db");
  }
}

// Two programs that are given the same directory at once both see it empty;
// only one of them can make the directory inside.
void Workspace::use_given(const std::string& directory) {
  const int error = create_directory(directory);
  if (error != 0 && error != EEXIST) {
    fail(directory, error);
  }
  if (error == EEXIST) {
    if (!fs::is_directory(directory)) {
      fail(directory, "is not a directory");
    }
    if (const std::string content = first_entry(directory); !content.empty()) {
      refuse(directory, content);
    }
  }
  path_ = directory + kSubdirectory;
  const int inner_error = create_tree(path_);
  if (inner_error == EEXIST) {
    fail(directory, "another process has just begun to use it");
  }
  if (inner_error != 0) {
    fail(directory, inner_error);
  }
}

std::string Workspace::file_system() const {
  struct statfs stat = {};
  if (statfs(path_.c_str(), &stat) != 0) {
    return "unknown";
  }
  const auto type = static_cast<uint32_t>(stat.f_type);
  switch (type) {
    case 0x01021994:
      return "tmpfs";
    case 0xEF53:
      return "ext4";
    case 0x58465342:
      return "xfs";
    case 0x9123683E:
      return "btrfs";
    case 0x2FC12FC1:
      return "zfs";
    case 0x794C7630:
      return "overlay";
    case 0x6969:
      return "nfs";
    default:
      break;
  }
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "0x%x", type);
  return text.data();
}

void Workspace::require_free_bytes(uint64_t bytes) const {
  struct statvfs stat = {};
  if (statvfs(path_.c_str(), &stat) != 0) {
    throw CompareError(path_ + ": " + std::generic_category().message(errno));
  }
  const uint64_t free_bytes = uint64_t{stat.f_bavail} * stat.f_frsize;
  if (free_bytes < bytes) {
    throw CompareError("the file system of " + path_ + " has " +
                       megabytes_text(free_bytes) + " free, the comparison " +
                       "needs about " + megabytes_text(bytes) +
                       "; choose another with --db, or less input with "
                       "--max_input_mb");
  }
}

}  // namespace gpu_zstd::compare
