#include "cpu_fallback/bulk/posix_file.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>

namespace gpu_zstd {
namespace {

constexpr int kPipeBytes = 1 << 20;

bool is_set(const std::atomic<bool>* flag) {
  return flag != nullptr && flag->load(std::memory_order_relaxed);
}

bool is_full(int error) {
  return error == ENOSPC || error == EDQUOT || error == EFBIG;
}

// Waits until `fd` can be used or `cancel` turns true: a signal that arrives
// just before a blocking call would not interrupt it.
bool wait_ready(int fd, short events, const std::atomic<bool>* cancel) {
  constexpr int kPollMs = 100;
  pollfd entry = {fd, events, 0};
  while (!is_set(cancel)) {
    const int ready = poll(&entry, 1, kPollMs);
    if (ready > 0 || (ready < 0 && errno != EINTR)) {
      return true;  // an error shows in the call that follows
    }
  }
  return false;
}

// The directory's entry is durable only with the directory.
void sync_directory_of(const std::string& path) {
  const std::string parent = std::filesystem::path(path).parent_path().string();
  const int fd =
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY);
  if (fd >= 0) {
    fsync(fd);  // some file systems refuse; nothing better can be done there
    close(fd);
  }
}

}  // namespace

std::string describe_errno(int error) {
  return std::generic_category().message(error);
}

FileSource::~FileSource() {
  if (owned_) {
    close(fd_);
  }
}

BulkStatus FileSource::open(const std::string& path) {
  owned_ = path != "-";
  fd_ = owned_ ? ::open(path.c_str(), O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
  if (fd_ < 0 || fstat(fd_, &info_) != 0) {
    owned_ = fd_ >= 0 && owned_;
    return {BulkError::kUnreadable, 0, "cannot open: " + describe_errno(errno)};
  }
  if (S_ISDIR(info_.st_mode)) {
    return {BulkError::kIsDirectory, 0, "is a directory"};
  }
  if (is_regular()) {
    start_ = static_cast<uint64_t>(
        std::max<off_t>(owned_ ? 0 : lseek(fd_, 0, SEEK_CUR), 0));
    posix_fadvise(fd_, 0, 0, POSIX_FADV_SEQUENTIAL);
  } else if (S_ISFIFO(info_.st_mode)) {
    fcntl(fd_, F_SETPIPE_SZ, kPipeBytes);  // fewer wake-ups, where allowed
  }
  return {};
}

BulkStatus FileSource::read(std::span<char> to, size_t* got) {
  *got = 0;
  while (*got < to.size()) {
    if (!is_regular() && !wait_ready(fd_, POLLIN, cancel_)) {
      return {BulkError::kCancelled, read_bytes_, "cancelled"};
    }
    const ssize_t bytes = ::read(fd_, to.data() + *got, to.size() - *got);
    if (bytes == 0) {
      return {};
    }
    if (bytes < 0) {
      if (errno == EINTR || errno == EAGAIN) {
        continue;
      }
      return {BulkError::kUnreadable, read_bytes_,
              "cannot read: " + describe_errno(errno)};
    }
    *got += static_cast<size_t>(bytes);
    read_bytes_ += static_cast<uint64_t>(bytes);
  }
  return {};
}

// Standard input may already stand in the middle of its file.
bool FileSource::reads_anywhere() const {
  return owned_ && total_bytes().has_value();
}

BulkStatus FileSource::read_at(uint64_t offset, std::span<char> to,
                               size_t* got) {
  *got = 0;
  while (*got < to.size()) {
    const ssize_t bytes = pread(fd_, to.data() + *got, to.size() - *got,
                                static_cast<off_t>(offset + *got));
    if (bytes < 0 && errno != EINTR) {
      return {BulkError::kUnreadable, offset + *got,
              "cannot read: " + describe_errno(errno)};
    }
    if (bytes == 0) {
      return {};
    }
    *got += static_cast<size_t>(std::max<ssize_t>(bytes, 0));
    read_bytes_ += static_cast<uint64_t>(std::max<ssize_t>(bytes, 0));
  }
  return {};
}

std::optional<uint64_t> FileSource::total_bytes() const {
  if (!is_regular() || info_.st_size == 0) {
    return std::nullopt;
  }
  return expected_bytes();
}

uint64_t FileSource::expected_bytes() const {
  const auto size = static_cast<uint64_t>(info_.st_size);
  return size - std::min(start_, size);
}

BulkStatus FileSource::check_unchanged() const {
  struct stat now = {};
  if (!is_regular() || fstat(fd_, &now) != 0) {
    return {};
  }
  if (now.st_size == info_.st_size &&
      now.st_mtim.tv_sec == info_.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == info_.st_mtim.tv_nsec &&
      (now.st_size == 0 || read_bytes_ == expected_bytes())) {
    return {};
  }
  return {BulkError::kSourceChanged, read_bytes_,
          "the file changed while it was read (" +
              std::to_string(info_.st_size) + " bytes when opened, " +
              std::to_string(now.st_size) + " now)"};
}

FileSink::~FileSink() {
  if (owned_) {
    close(fd_);
  }
  if (!temporary_.empty()) {
    unlink(temporary_.c_str());
  }
}

BulkStatus FileSink::open(const std::string& path, bool overwrite,
                          mode_t mode) {
  if (path == "-") {
    fd_ = STDOUT_FILENO;
    return {};
  }
  overwrite_ = overwrite;
  path_ = path;
  existed_ = stat(path.c_str(), &replaced_) == 0;
  if (!existed_) {
    return open_temporary(path, mode);
  }
  if (S_ISDIR(replaced_.st_mode)) {
    return {BulkError::kIsDirectory, 0, "is a directory"};
  }
  if (S_ISREG(replaced_.st_mode)) {
    if (!overwrite) {
      return {BulkError::kOutputExists, 0, "already exists"};
    }
    std::error_code ignored;
    const auto target = std::filesystem::canonical(path, ignored);
    return open_temporary(ignored ? path : target.string(), mode);
  }
  fd_ = ::open(path.c_str(), O_WRONLY | O_CLOEXEC);
  owned_ = fd_ >= 0;
  return owned_ ? BulkStatus{} : failed(errno, "open");
}

BulkStatus FileSink::open_temporary(const std::string& path, mode_t mode) {
  static std::atomic<unsigned> counter{0};
  constexpr int kFlags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC;
  path_ = path;
  std::string name;
  do {
    name = path + '.' + std::to_string(getpid()) + '-' +
           std::to_string(counter++) + ".tmp";
    fd_ = ::open(name.c_str(), kFlags, mode);
  } while (fd_ < 0 && errno == EEXIST);
  if (fd_ < 0) {
    return failed(errno, "create a file beside it");
  }
  owned_ = true;
  temporary_ = name;
  return {};
}

BulkStatus FileSink::failed(int error, const char* what) const {
  return {is_full(error) ? BulkError::kOutputFull : BulkError::kUnwritable,
          written_,
          std::string("cannot ") + what + ": " + describe_errno(error)};
}

BulkStatus FileSink::write(std::span<const char> bytes) {
  while (!bytes.empty()) {
    if (temporary_.empty() && !wait_ready(fd_, POLLOUT, cancel_)) {
      return {BulkError::kCancelled, written_, "cancelled"};
    }
    const ssize_t put = ::write(fd_, bytes.data(), bytes.size());
    if (put < 0) {
      if (errno == EINTR || errno == EAGAIN) {
        continue;
      }
      return failed(errno, "write");
    }
    written_ += static_cast<uint64_t>(put);
    bytes = bytes.subspan(static_cast<size_t>(put));
  }
  return {};
}

BulkStatus FileSink::rename_into_place() {
  if (overwrite_) {
    return rename(temporary_.c_str(), path_.c_str()) == 0
               ? BulkStatus{}
               : failed(errno, "rename");
  }
  // Never over a file that has come up meanwhile.
  if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(),
                RENAME_NOREPLACE) == 0) {
    return {};
  }
  if (errno != EEXIST && link(temporary_.c_str(), path_.c_str()) == 0) {
    unlink(temporary_.c_str());  // a file system without that kind of rename
    return {};
  }
  return errno == EEXIST
             ? BulkStatus{BulkError::kOutputExists, 0, "already exists"}
             : failed(errno, "rename");
}

BulkStatus FileSink::commit(const struct stat* source, bool sync) {
  if (temporary_.empty()) {
    return {};
  }
  if (source != nullptr) {
    const timespec times[2] = {source->st_atim, source->st_mtim};
    fchmod(fd_, source->st_mode & 0777);  // best effort, like the times:
    futimens(fd_, times);                 // some file systems keep neither
  }
  if (sync && fsync(fd_) != 0) {
    return failed(errno, "sync");
  }
  owned_ = false;
  if (close(fd_) != 0) {
    return failed(errno, "close");
  }
  BulkStatus status = rename_into_place();
  if (!status.ok()) {
    return status;
  }
  temporary_.clear();
  if (sync) {
    sync_directory_of(path_);
  }
  return {};
}

bool FileSink::replaces(const struct stat& other) const {
  return existed_ && replaced_.st_dev == other.st_dev &&
         replaced_.st_ino == other.st_ino;
}

}  // namespace gpu_zstd
