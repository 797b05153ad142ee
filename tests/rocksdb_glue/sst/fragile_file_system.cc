#include "tests/rocksdb_glue/sst/fragile_file_system.h"

#include <filesystem>

namespace gpu_zstd::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

class FragileFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FragileFile(std::unique_ptr<rocksdb::FSWritableFile> file, std::string path,
              Fate& fate)
      : FSWritableFileOwnerWrapper(std::move(file)),
        path_(std::move(path)),
        fate_(fate) {
    fate_.note_written(path_, 0);
  }

  using FSWritableFileOwnerWrapper::Append;
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    const IOStatus status = fate_.next("append");
    if (!status.ok()) {
      // A full disk takes the beginning.
      target()
          ->Append(rocksdb::Slice(data.data(), data.size() / 2), options, dbg)
          .PermitUncheckedError();
      return status;
    }
    bytes_ += data.size();
    return target()->Append(data, options, dbg);
  }
  IOStatus Sync(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("sync");
    return status.ok() ? noted(target()->Sync(options, dbg)) : status;
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("fsync");
    return status.ok() ? noted(target()->Fsync(options, dbg)) : status;
  }
  IOStatus Close(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("close");
    return status.ok() ? target()->Close(options, dbg) : status;
  }

 private:
  IOStatus noted(IOStatus status) {
    if (status.ok()) {
      fate_.note_written(path_, bytes_);
    }
    return status;
  }

  const std::string path_;
  Fate& fate_;
  uint64_t bytes_ = 0;
};

class FragileDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FragileDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, Fate& fate)
      : FSDirectoryWrapper(std::move(directory)), fate_(fate) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("directory fsync");
    return status.ok() ? FSDirectoryWrapper::Fsync(options, dbg) : status;
  }
  IOStatus FsyncWithDirOptions(
      const IOOptions& options, IODebugContext* dbg,
      const rocksdb::DirFsyncOptions& dir_options) override {
    const IOStatus status = fate_.next("directory fsync");
    return status.ok() ? FSDirectoryWrapper::FsyncWithDirOptions(options, dbg,
                                                                 dir_options)
                       : status;
  }

 private:
  Fate& fate_;
};

class FragileFileSystem final : public rocksdb::FileSystemWrapper {
 public:
  explicit FragileFileSystem(Fate& fate)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), fate_(fate) {}
  const char* Name() const override { return "Fragile"; }

  IOStatus NewWritableFile(const std::string& path,
                           const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file,
                           IODebugContext* dbg) override {
    IOStatus status = fate_.next("create");
    std::unique_ptr<rocksdb::FSWritableFile> inner;
    if (status.ok()) {
      status = target()->NewWritableFile(path, options, &inner, dbg);
    }
    if (status.ok()) {
      *file = std::make_unique<FragileFile>(std::move(inner), path, fate_);
    }
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options, IODebugContext* dbg) override {
    IOStatus status = fate_.next("rename");
    if (status.ok()) {
      status = target()->RenameFile(from, to, options, dbg);
      fate_.renamed = status.ok();
      fate_.note_renamed(from, to);
    }
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* dbg) override {
    const IOStatus status = fate_.next("delete");
    return status.ok() ? target()->DeleteFile(path, options, dbg) : status;
  }
  IOStatus NewDirectory(const std::string& path, const IOOptions& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory,
                        IODebugContext* dbg) override {
    IOStatus status = fate_.next("open directory");
    std::unique_ptr<rocksdb::FSDirectory> inner;
    if (status.ok()) {
      status = target()->NewDirectory(path, options, &inner, dbg);
    }
    if (status.ok()) {
      *directory = std::make_unique<FragileDirectory>(std::move(inner), fate_);
    }
    return status;
  }

 private:
  Fate& fate_;
};

}  // namespace

IOStatus Fate::next(const char* what) {
  if (calls++ != fails_at) {
    return IOStatus::OK();
  }
  if (end_of_process) {
    end_of_process();
  }
  return IOStatus::IOError(std::string("injected: ") + what);
}

void Fate::note_written(const std::string& path, uint64_t synced_bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  synced_bytes_[path] = synced_bytes;
}

void Fate::note_renamed(const std::string& from, const std::string& to) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const auto at = synced_bytes_.find(from); at != synced_bytes_.end()) {
    synced_bytes_[to] = at->second;
    synced_bytes_.erase(at);
  }
}

void Fate::lose_unsynced() {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (const auto& [path, bytes] : synced_bytes_) {
    std::error_code gone;
    if (std::filesystem::file_size(path, gone) > bytes && !gone) {
      std::filesystem::resize_file(path, bytes, gone);
    }
  }
}

std::shared_ptr<rocksdb::FileSystem> make_fragile_file_system(Fate& fate) {
  return std::make_shared<FragileFileSystem>(fate);
}

}  // namespace gpu_zstd::test
