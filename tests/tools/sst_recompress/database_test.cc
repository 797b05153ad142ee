// Closed databases recompressed, and then judged by RocksDB: same internal
// keys, and life goes on.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "rocksdb/env.h"
#include "rocksdb/utilities/db_ttl.h"
#include "rocksdb_glue/offline/recompress_database.h"
#include "rocksdb_glue/offline/rocksdb_internal_manifest.h"
#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/program.h"
#include "tests/support/test_data.h"
#include "tests/tools/sst_recompress/full_database.h"

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

TEST_F(DatabaseTest, KeepsEverythingAtEveryUnitOfCommit) {
  const auto before = sst_names(db_);
  ASSERT_GE(before.size(), 5U);
  const std::pair<const char*, const char*> cases[] = {
      {"file", "1"}, {"level", "3"}, {"column_family", "9"}, {"level", "19"}};
  for (const auto& [unit, level] : cases) {
    const auto result = run({"--commit=" + std::string(unit),
                             "--compression_level=" + std::string(level)});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(contents_of(db_), contents_);
    expect_consistent(db_);
  }
  // All files have new names, and none of the old ones is left.
  const auto after = sst_names(db_);
  EXPECT_EQ(after.size(), before.size());
  for (const std::string& name : before) {
    EXPECT_EQ(std::count(after.begin(), after.end(), name), 0) << name;
  }
  expect_lives_on(db_, dir_.path().string());
}

TEST_F(DatabaseTest, DoesNothingTwice) {
  ASSERT_EQ(run({"--compression_level=5"}).exit_status, 0);
  const auto once = sst_names(db_);
  const auto result = run({"--compression_level=5"});
  EXPECT_EQ(result.exit_status, 0);
  EXPECT_NE(result.out.find(std::to_string(once.size()) + " done before"),
            std::string::npos)
      << result.out;
  EXPECT_EQ(sst_names(db_), once);
  EXPECT_EQ(run({"--compression_level=5", "--force"}).exit_status, 0);
  EXPECT_NE(sst_names(db_), once);
  EXPECT_EQ(contents_of(db_), contents_);
}

TEST_F(DatabaseTest, MeasuresAndChangesNothing) {
  const auto before = state_of(db_);
  const auto result = run(
      {"--measure", "--compression_level_to=5", "--column_family=blobs,times"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("cpu level 3: 3 files"), std::string::npos)
      << result.out;
  EXPECT_NE(result.out.find("cpu level 5: 3 files"), std::string::npos);
  EXPECT_TRUE(state_of(db_) == before);
}

TEST_F(DatabaseTest, DryRunChangesNothing) {
  const auto before = state_of(db_);
  const auto result = run({"--dry_run", "-v"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("dry run, sizes estimated"), std::string::npos);
  for (const std::string& name : sst_names(db_)) {
    EXPECT_NE(result.out.find(name), std::string::npos) << name;
  }
  EXPECT_TRUE(state_of(db_) == before);
}

TEST_F(DatabaseTest, RefusesADatabaseThatIsOpen) {
  OpenDatabase opened;
  open_database(db_, /*read_only=*/false, &opened);
  ASSERT_TRUE(opened.status.ok());
  const auto before = sst_names(db_);
  const auto result = run({});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.err.find("lock not taken"), std::string::npos) << result.err;
  EXPECT_EQ(sst_names(db_), before);
}

TEST_F(DatabaseTest, RefusesWhatIsNoDatabase) {
  fs::remove(db_ + "/CURRENT");
  const auto result = run({});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.err.find("is no database"), std::string::npos);
  EXPECT_EQ(run({"--overwrite"}).exit_status, 2);
}

TEST_F(DatabaseTest, LeavesADamagedFileAndDoesTheOthers) {
  const auto before = sst_names(db_);
  const std::string damaged = db_ + "/" + before.front();
  std::string bytes = read_file(damaged);
  bytes[50] = static_cast<char>(bytes[50] ^ 4);
  write_file(damaged, bytes);
  const auto result = run({"--compression_level=2"});
  EXPECT_EQ(result.exit_status, 1);
  EXPECT_NE(result.err.find(damaged + ": at offset 0: checksum of data block"),
            std::string::npos)
      << result.err;
  const auto after = sst_names(db_);
  EXPECT_EQ(after.front(), before.front());
  EXPECT_EQ(read_file(damaged), bytes);
  EXPECT_NE(after.back(), before.back());
}

// libzstd, and how much it was handed at once.
class RecordingEngine final : public BlockEngine {
 public:
  std::string name() const override { return cpu_.name(); }
  int level() const override { return cpu_.level(); }
  size_t preferred_call_bytes() const override { return 1 << 20; }
  void compress(std::span<BlockJob> jobs) noexcept override {
    size_t bytes = 0;
    for (const BlockJob& job : jobs) {
      bytes += job.input.size();
    }
    const std::lock_guard<std::mutex> lock(mutex_);
    most_bytes = std::max(most_bytes, bytes);
    cpu_.compress(jobs);
  }

  size_t most_bytes = 0;

 private:
  std::mutex mutex_;
  CpuBlockEngine cpu_{Scheduler::shared(), 3};
};

TEST(MemoryTest, FilesAtOnceShareItInADryRunToo) {
  constexpr int kFiles = 4;
  const TempDir dir;
  const auto files = make_sst_files(
      dir / "db", table_options(small_blocks(6), rocksdb::kNoCompression),
      [](rocksdb::DB& db) {
        for (int i = 0; i < kFiles * 200; ++i) {
          ASSERT_TRUE(db.Put({}, std::to_string(1000 + i),
                             random_bytes(1500, static_cast<uint64_t>(i)))
                          .ok());
          if (i % 200 == 199) {
            ASSERT_TRUE(db.Flush({}).ok());
          }
        }
      });
  ASSERT_EQ(files.size(), kFiles);
  std::unique_ptr<ClosedDatabase> database;
  ASSERT_TRUE(
      open_closed_database(*rocksdb::Env::Default(), dir / "db", &database)
          .ok());
  const auto most_bytes = [&](bool dry_run) {
    RecordingEngine engine;
    DatabaseOptions options;
    options.dry_run = dry_run;
    options.files_at_once = kFiles;
    options.rewrite.threads = 1;
    options.rewrite.memory_bytes = 1 << 20;
    const auto status = recompress_database(*database, engine, options);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return engine.most_bytes;
  };
  const size_t estimating = most_bytes(true);
  EXPECT_GT(estimating, 0U);
  EXPECT_EQ(estimating, most_bytes(false));
}

// RocksDB opens files that are added to the MANIFEST, and would run out.
TEST(ManyFilesTest, NeedsFewOpenFiles) {
  constexpr int kFiles = 150;
  const TempDir dir;
  auto options = table_options(small_blocks(6), rocksdb::kLZ4Compression);
  options.level0_slowdown_writes_trigger = 1000;
  options.level0_stop_writes_trigger = 1000;
  const auto files = make_sst_files(dir / "db", options, [](rocksdb::DB& db) {
    for (int i = 0; i < kFiles; ++i) {
      ASSERT_TRUE(db.Put({}, "key", text_like(500, i)).ok());
      ASSERT_TRUE(db.Flush({}).ok());
    }
  });
  ASSERT_EQ(files.size(), kFiles);
  const auto result = Program({GPU_ZSTD_SST_RECOMPRESS, "--db=" + (dir / "db")},
                              dir.path().string(),
                              [] {
                                const struct rlimit limit = {100, 100};
                                setrlimit(RLIMIT_NOFILE, &limit);
                              })
                          .wait();
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("level 3: 150 files"), std::string::npos)
      << result.out;
}

// Values that carry their time of birth.
TEST(TtlTest, StaysATtlDatabase) {
  const TempDir dir;
  const std::string path = dir / "db";
  auto options = table_options(small_blocks(7), rocksdb::kLZ4Compression);
  std::unique_ptr<rocksdb::DBWithTTL> db;
  const auto open = [&] {
    rocksdb::DBWithTTL* raw = nullptr;
    const auto status = rocksdb::DBWithTTL::Open(options, path, &raw, 86400);
    EXPECT_TRUE(status.ok()) << status.ToString();
    db.reset(raw);
  };
  open();
  for (uint64_t i = 0; i < 2000; ++i) {
    ASSERT_TRUE(db->Put({}, "key" + std::to_string(i), text_like(60, i)).ok());
  }
  ASSERT_TRUE(db->Merge({}, "key7", "merged").ok());
  ASSERT_TRUE(db->Flush({}).ok());
  db.reset();
  for (const char* level : {"1", "3", "9", "19"}) {
    const auto result = Program({GPU_ZSTD_SST_RECOMPRESS, "--db=" + path,
                                 "--compression_level=" + std::string(level)},
                                dir.path().string())
                            .wait();
    ASSERT_EQ(result.exit_status, 0) << result.err;
    open();
    std::string value;
    for (uint64_t i = 0; i < 2000; ++i) {
      ASSERT_TRUE(db->Get({}, "key" + std::to_string(i), &value).ok()) << i;
      ASSERT_EQ(value, text_like(60, i) + (i == 7 ? ",merged" : ""));
    }
    EXPECT_TRUE(db->VerifyChecksum().ok());
    db.reset();
  }
  open();
  EXPECT_TRUE(db->CompactRange({}, nullptr, nullptr).ok());
}

}  // namespace
}  // namespace gpu_zstd::test
