// Files, pipes and standard streams as sources and sinks, and output that
// appears under its name only when it is whole.
#pragma once

#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <string>

#include "cpu_fallback/bulk/byte_stream.h"

namespace gpu_zstd {

// "no such file", for an errno value. Thread-safe.
std::string describe_errno(int error);

// A file or pipe open for reading. Not thread-safe but for read_at().
class FileSource final : public ByteSource {
 public:
  // `cancel` may be null; a read that a signal interrupts looks at it.
  explicit FileSource(const std::atomic<bool>* cancel) : cancel_(cancel) {}
  ~FileSource() override;
  FileSource(const FileSource&) = delete;
  FileSource& operator=(const FileSource&) = delete;

  // "-" is standard input. Errors: kUnreadable, kIsDirectory.
  BulkStatus open(const std::string& path);
  BulkStatus read(std::span<char> to, size_t* got) override;
  bool reads_anywhere() const override;
  BulkStatus read_at(uint64_t offset, std::span<char> to, size_t* got) override;
  // A regular file's size when it was opened, of standard input what was left
  // of it. Files of /proc say 0, which therefore means unknown.
  std::optional<uint64_t> total_bytes() const override;

  // After the last read: kSourceChanged when a regular file no longer has the
  // size and time of change it had when opened, or gave another number of
  // bytes than were left of it.
  BulkStatus check_unchanged() const;

  const struct stat& info() const { return info_; }
  bool is_regular() const { return S_ISREG(info_.st_mode); }

 private:
  // Of a regular file, from where reading began.
  uint64_t expected_bytes() const;

  const std::atomic<bool>* cancel_;
  int fd_ = -1;
  bool owned_ = false;
  uint64_t start_ = 0;  // where standard input stood in its file
  std::atomic<uint64_t> read_bytes_{0};
  struct stat info_ = {};
};

// A file being written. A regular file is written under a temporary name in
// the same directory; whoever destroys it before commit() leaves nothing.
// Pipes and devices are written directly. Not thread-safe.
class FileSink final : public ByteSink {
 public:
  explicit FileSink(const std::atomic<bool>* cancel) : cancel_(cancel) {}
  ~FileSink() override;
  FileSink(const FileSink&) = delete;
  FileSink& operator=(const FileSink&) = delete;

  // "-" is standard output; a symbolic link is followed. Errors: kOutputExists
  // unless `overwrite`, kIsDirectory, kUnwritable. A new file starts with
  // `mode`, less the process's umask.
  BulkStatus open(const std::string& path, bool overwrite, mode_t mode);
  BulkStatus write(std::span<const char> bytes) override;
  // Gives the file its name, with `source`'s mode and times when not null, and
  // makes both durable when `sync`.
  BulkStatus commit(const struct stat* source, bool sync);

  // True when `other` is the file that open() found under the name.
  bool replaces(const struct stat& other) const;

 private:
  BulkStatus open_temporary(const std::string& path, mode_t mode);
  BulkStatus failed(int error, const char* what) const;
  BulkStatus rename_into_place();

  const std::atomic<bool>* cancel_;
  int fd_ = -1;
  bool owned_ = false;
  bool overwrite_ = false;
  bool existed_ = false;
  struct stat replaced_ = {};
  std::string path_;
  std::string temporary_;  // empty: written directly, or committed
  uint64_t written_ = 0;
};

}  // namespace gpu_zstd
