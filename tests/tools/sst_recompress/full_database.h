// A closed database with everything that a database can hold, for the tool to
// recompress and for RocksDB to judge.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "rocksdb/db.h"
#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd::test {

// A database opened with its three column families.
struct OpenDatabase {
  std::unique_ptr<rocksdb::DB> db;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::Status status;

  ~OpenDatabase() {
    for (auto* handle : handles) {
      EXPECT_TRUE(db->DestroyColumnFamilyHandle(handle).ok());
    }
  }
};

void open_database(const std::string& path, bool read_only,
                   OpenDatabase* opened);

// Files in L0 and at the bottom, old versions, tombstones of all kinds, wide
// columns, blobs, timestamps, and writes that are only in the WAL.
void make_database(const std::string& path);

// Everything in it, every version, as text. Verifies all checksums.
std::string contents_of(const std::string& path);

// Writes on, compacts, backs up and checks point.
void expect_lives_on(const std::string& path, const std::string& scratch);

// As `ldb checkconsistency` sees it: the MANIFEST against the files.
void expect_consistent(const std::string& path);

// The names of the SST files in a directory, in order.
std::vector<std::string> sst_names(const std::string& path);

// Every file of a directory, with its contents.
std::vector<std::string> state_of(const std::string& path);

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    make_database(original_);
    contents_ = contents_of(original_);
    ASSERT_GT(contents_.size(), 100'000U);
    std::filesystem::copy(original_, db_);
  }

  ProgramResult run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(),
                     {GPU_ZSTD_SST_RECOMPRESS, "--db=" + db_});
    return Program(arguments, dir_.path().string()).wait();
  }

  TempDir dir_;
  const std::string original_ = dir_ / "original";
  const std::string db_ = dir_ / "db";
  std::string contents_;
};

}  // namespace gpu_zstd::test
