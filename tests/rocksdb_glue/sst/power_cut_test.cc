// The power cut itself: a model that loses nothing would prove nothing.

#include "tests/rocksdb_glue/sst/power_cut.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>

#include "tests/rocksdb_glue/sst/fragile_file_system.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd::test {
namespace {

const rocksdb::IOOptions kIo;

class PowerCutTest : public testing::Test {
 protected:
  PowerCutTest() {
    std::filesystem::create_directories(dir_ / "attic");
    std::filesystem::create_directories(dir_ / "db");
    fate_.power = &power_;
  }

  void write(const std::string& path, const std::string& bytes, bool sync) {
    std::unique_ptr<rocksdb::FSWritableFile> file;
    ASSERT_TRUE(fs_->NewWritableFile(path, {}, &file, nullptr).ok());
    ASSERT_TRUE(file->Append(bytes, kIo, nullptr).ok());
    if (sync) {
      ASSERT_TRUE(file->Fsync(kIo, nullptr).ok());
    }
    ASSERT_TRUE(file->Append("more", kIo, nullptr).ok());
    ASSERT_TRUE(file->Close(kIo, nullptr).ok());
  }
  void rename(const std::string& from, const std::string& to) {
    ASSERT_TRUE(fs_->RenameFile(from, to, kIo, nullptr).ok());
  }
  void remove(const std::string& path) {
    ASSERT_TRUE(fs_->DeleteFile(path, kIo, nullptr).ok());
  }
  void sync_directory() {
    std::unique_ptr<rocksdb::FSDirectory> directory;
    ASSERT_TRUE(fs_->NewDirectory(dir_ / "db/", kIo, &directory, nullptr).ok());
    ASSERT_TRUE(directory->Fsync(kIo, nullptr).ok());
  }
  // What a file has, or "none".
  std::string at(const std::string& path) const {
    return std::filesystem::exists(path) ? read_file(path) : "none";
  }

  TempDir dir_;
  const std::string a_ = dir_ / "db/a";
  const std::string b_ = dir_ / "db//b";
  PowerCut power_{dir_ / "attic"};
  Fate fate_;
  const std::shared_ptr<rocksdb::FileSystem> fs_ =
      make_fragile_file_system(fate_);
};

TEST_F(PowerCutTest, AFileWithoutItsDirectorysFsyncIsGone) {
  write(a_, "bytes", /*sync=*/true);
  EXPECT_EQ(power_.unsynced_names(), 1u);
  power_.lose(0);
  EXPECT_EQ(at(a_), "none");
}

TEST_F(PowerCutTest, WhatWasNotSyncedIsCutOff) {
  write(a_, "bytes", /*sync=*/true);
  write(b_, "bytes", /*sync=*/false);
  sync_directory();
  EXPECT_EQ(power_.unsynced_names(), 0u);
  power_.lose(0);
  EXPECT_EQ(at(a_), "bytes");
  EXPECT_EQ(at(b_), "");
}

TEST_F(PowerCutTest, ARenameIsUndoneWithTheFileItReplaced) {
  write_file(b_, "old");
  write(a_, "new", /*sync=*/true);
  sync_directory();
  rename(a_, b_);
  EXPECT_EQ(at(b_), "newmore");
  power_.lose(0);
  EXPECT_EQ(at(a_), "new");
  EXPECT_EQ(at(b_), "old");
}

TEST_F(PowerCutTest, ARemovedFileComesBack) {
  write_file(a_, "old");
  remove(a_);
  EXPECT_EQ(at(a_), "none");
  power_.lose(0);
  EXPECT_EQ(at(a_), "old");
}

TEST_F(PowerCutTest, TheFirstChangesCanBeKept) {
  write_file(b_, "old");
  write(a_, "new", /*sync=*/true);
  rename(a_, b_);
  remove(b_);
  EXPECT_EQ(power_.unsynced_names(), 3u);
  power_.lose(2);
  EXPECT_EQ(at(a_), "none");
  EXPECT_EQ(at(b_), "new");
}

TEST_F(PowerCutTest, AFileThatIsOverwrittenKeepsItsName) {
  write_file(a_, "old");
  write(a_, "new", /*sync=*/true);
  EXPECT_EQ(power_.unsynced_names(), 0u);
  power_.lose(0);
  EXPECT_EQ(at(a_), "new");
}

TEST_F(PowerCutTest, SyncedChangesStay) {
  write_file(b_, "old");
  write(a_, "new", /*sync=*/true);
  rename(a_, b_);
  sync_directory();
  remove(b_);
  sync_directory();
  power_.lose(0);
  EXPECT_EQ(at(a_), "none");
  EXPECT_EQ(at(b_), "none");
}

}  // namespace
}  // namespace gpu_zstd::test
