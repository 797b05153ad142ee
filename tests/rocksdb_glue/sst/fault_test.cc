// A file system in which every call fails in its turn.

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <memory>
#include <string>

#include "rocksdb/file_system.h"
#include "tests/rocksdb_glue/sst/sst_files.h"

namespace gpu_zstd::test {
namespace {

using rocksdb::IODebugContext;
using rocksdb::IOOptions;
using rocksdb::IOStatus;

// Counts the calls that change something and fails the one it is told to.
struct Fate {
  std::atomic<int> calls{0};
  int fails_at = -1;
  bool renamed = false;

  IOStatus next(const char* what) {
    return calls++ == fails_at
               ? IOStatus::IOError(std::string("injected: ") + what)
               : IOStatus::OK();
  }
};

class FragileFile final : public rocksdb::FSWritableFileOwnerWrapper {
 public:
  FragileFile(std::unique_ptr<rocksdb::FSWritableFile> file, Fate& fate)
      : FSWritableFileOwnerWrapper(std::move(file)), fate_(fate) {}

  using FSWritableFileOwnerWrapper::Append;
  IOStatus Append(const rocksdb::Slice& data, const IOOptions& options,
                  IODebugContext* dbg) override {
    // A full disk takes the beginning.
    const IOStatus status = fate_.next("append");
    if (!status.ok()) {
      target()
          ->Append(rocksdb::Slice(data.data(), data.size() / 2), options, dbg)
          .PermitUncheckedError();
      return status;
    }
    return target()->Append(data, options, dbg);
  }
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("fsync");
    return status.ok() ? target()->Fsync(options, dbg) : status;
  }
  IOStatus Close(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("close");
    return status.ok() ? target()->Close(options, dbg) : status;
  }

 private:
  Fate& fate_;
};

class FragileDirectory final : public rocksdb::FSDirectoryWrapper {
 public:
  FragileDirectory(std::unique_ptr<rocksdb::FSDirectory> directory, Fate& fate)
      : FSDirectoryWrapper(std::move(directory)), fate_(fate) {}
  IOStatus Fsync(const IOOptions& options, IODebugContext* dbg) override {
    const IOStatus status = fate_.next("directory fsync");
    return status.ok() ? FSDirectoryWrapper::Fsync(options, dbg) : status;
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
      *file = std::make_unique<FragileFile>(std::move(inner), fate_);
    }
    return status;
  }
  IOStatus RenameFile(const std::string& from, const std::string& to,
                      const IOOptions& options, IODebugContext* dbg) override {
    IOStatus status = fate_.next("rename");
    if (status.ok()) {
      status = target()->RenameFile(from, to, options, dbg);
      fate_.renamed = status.ok();
    }
    return status;
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

rocksdb::Status rewrite_with(Fate& fate, const std::string& source,
                             const std::string& output) {
  FragileFileSystem fs(fate);
  CpuBlockEngine engine(Scheduler::shared(), 1);
  RewriteOptions options;
  options.threads = 1;
  options.memory_bytes = 1 << 18;
  RewriteResult result;
  return rewrite_sst(fs, source, output, engine, options, &result);
}

TEST(FaultTest, LeavesTheWholeFileOrNone) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const std::string source =
      make_sst_files(dir / "db", options, write_varied).front();
  const Entries entries = read_entries(options, source);
  const std::string output = dir / "new.sst";
  Fate counting;
  ASSERT_TRUE(rewrite_with(counting, source, output).ok());
  ASSERT_GT(counting.calls, 10);
  for (int call = 0; call < counting.calls; ++call) {
    std::filesystem::remove(output);
    Fate fate;
    fate.fails_at = call;
    const rocksdb::Status status = rewrite_with(fate, source, output);
    EXPECT_TRUE(status.IsIOError()) << call << ": " << status.ToString();
    EXPECT_FALSE(std::filesystem::exists(output + ".tmp")) << call;
    // After the rename the file is whole; only its durability is in doubt.
    EXPECT_EQ(std::filesystem::exists(output), fate.renamed) << call;
    if (fate.renamed) {
      EXPECT_TRUE(read_entries(options, output) == entries);
    }
    EXPECT_TRUE(read_entries(options, source) == entries) << call;
  }
}

TEST(FaultTest, SyncsBeforeItRenames) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const std::string source =
      make_sst_files(dir / "db", options, write_varied).front();
  // Of all calls the last five are: fsync, close, rename, and the directory's
  // open and fsync. Failing each names it.
  Fate counting;
  ASSERT_TRUE(rewrite_with(counting, source, dir / "new.sst").ok());
  const char* expected[] = {"fsync", "close", "rename", "open directory",
                            "directory fsync"};
  for (int i = 0; i < 5; ++i) {
    std::filesystem::remove(dir / "new.sst");
    Fate fate;
    fate.fails_at = counting.calls - 5 + i;
    const rocksdb::Status status = rewrite_with(fate, source, dir / "new.sst");
    EXPECT_NE(status.ToString().find(std::string("injected: ") + expected[i]),
              std::string::npos)
        << status.ToString();
  }
}

}  // namespace
}  // namespace gpu_zstd::test
