#include "tests/rocksdb_glue/sst/fragile_file_system.h"

#include <string>
#include <utility>

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
        fate_(fate) {}

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
    if (status.ok() && fate_.power != nullptr) {
      fate_.power->synced(path_, bytes_);
    }
    return status;
  }

  const std::string path_;
  Fate& fate_;
  uint64_t bytes_ = 0;
};

class FragileDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FragileDirectory(std::unique_ptr<rocksdb::FSDirectory> directory,
                   std::string path, Fate& fate)
      : FSDirectoryWrapper(std::move(directory)),
        path_(std::move(path)),
        fate_(fate) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("directory fsync");
    return status.ok() ? noted(FSDirectoryWrapper::Fsync(options, dbg))
                       : status;
  }
  IOStatus FsyncWithDirOptions(
      const IOOptions& options, IODebugContext* dbg,
      const rocksdb::DirFsyncOptions& dir_options) override {
    const IOStatus status = fate_.next("directory fsync");
    return status.ok() ? noted(FSDirectoryWrapper::FsyncWithDirOptions(
                             options, dbg, dir_options))
                       : status;
  }

 private:
  IOStatus noted(IOStatus status) {
    if (status.ok() && fate_.power != nullptr) {
      fate_.power->directory_synced(path_);
    }
    return status;
  }

  const std::string path_;
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
      if (fate_.power != nullptr) {
        fate_.power->will_create(path);
      }
      status = target()->NewWritableFile(path, options, &inner, dbg);
    }
    if (status.ok()) {
      if (fate_.power != nullptr) {
        fate_.power->created(path);
      }
      *file = std::make_unique<FragileFile>(std::move(inner), path, fate_);
    }
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options, IODebugContext* dbg) override {
    IOStatus status = fate_.next("rename");
    if (status.ok()) {
      if (fate_.power != nullptr) {
        fate_.power->will_rename(from, to);
      }
      status = target()->RenameFile(from, to, options, dbg);
      fate_.renamed = status.ok();
    }
    return status;
  }
  IOStatus DeleteFile(const std::string& path, const IOOptions& options,
                      IODebugContext* dbg) override {
    const IOStatus status = fate_.next("delete");
    if (status.ok() && fate_.power != nullptr) {
      fate_.power->will_remove(path);
    }
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
      *directory =
          std::make_unique<FragileDirectory>(std::move(inner), path, fate_);
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

std::shared_ptr<rocksdb::FileSystem> make_fragile_file_system(Fate& fate) {
  return std::make_shared<FragileFileSystem>(fate);
}

}  // namespace gpu_zstd::test
