// Closed databases with everything that a database can hold, recompressed, and
// then judged by RocksDB: same internal keys, and life goes on.

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "rocksdb/comparator.h"
#include "rocksdb/env.h"
#include "rocksdb/file_checksum.h"
#include "rocksdb/utilities/backup_engine.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/utilities/debug.h"
#include "rocksdb_glue/offline/recompress_database.h"
#include "tests/rocksdb_glue/sst/fragile_file_system.h"
#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/program.h"
#include "tests/support/test_data.h"
#include "tools/sst_recompress/rocksdb_internal_manifest.h"

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

std::string timestamp(uint64_t time) {
  std::string text;
  rocksdb::EncodeU64Ts(time, &text);
  return text;
}

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

rocksdb::Options family_options(int family) {
  auto options = table_options(small_blocks(family == 0 ? 6 : 5),
                               rocksdb::kLZ4Compression);
  options.create_missing_column_families = true;
  options.avoid_flush_during_shutdown = true;
  options.file_checksum_gen_factory =
      rocksdb::GetFileChecksumGenCrc32cFactory();
  if (family == 1) {
    options.enable_blob_files = true;
    options.min_blob_size = 60;
  } else if (family == 2) {
    options.comparator = rocksdb::BytewiseComparatorWithU64Ts();
    options.prefix_extractor.reset();
    options.merge_operator.reset();
  }
  return options;
}

void open_database(const std::string& path, bool read_only,
                   OpenDatabase* opened) {
  const std::vector<rocksdb::ColumnFamilyDescriptor> families = {
      {rocksdb::kDefaultColumnFamilyName, family_options(0)},
      {"blobs", family_options(1)},
      {"times", family_options(2)}};
  const rocksdb::Options options = family_options(0);
  opened->status =
      read_only ? rocksdb::DB::OpenForReadOnly(options, path, families,
                                               &opened->handles, &opened->db)
                : rocksdb::DB::Open(options, path, families, &opened->handles,
                                    &opened->db);
}

// Files in L0 and at the bottom, old versions, tombstones of all kinds, wide
// columns, blobs, timestamps, and writes that are only in the WAL.
void make_database(const std::string& path) {
  OpenDatabase opened;
  open_database(path, /*read_only=*/false, &opened);
  ASSERT_TRUE(opened.status.ok()) << opened.status.ToString();
  rocksdb::DB& db = *opened.db;
  write_varied(db);
  ASSERT_TRUE(db.CompactRange({}, nullptr, nullptr).ok());
  write_varied(db);
  for (int i = 0; i < 300; ++i) {
    const std::string n = std::to_string(1000 + i);
    ASSERT_TRUE(
        db.Put({}, opened.handles[1], "blob" + n, text_like(40 + i, i)).ok());
    ASSERT_TRUE(
        db.Put({}, opened.handles[2], "time" + n, timestamp(i % 7), "value" + n)
            .ok());
  }
  ASSERT_TRUE(db.Flush({}, opened.handles).ok());
  ASSERT_TRUE(db.CompactRange({}, opened.handles[1], nullptr, nullptr).ok());
  ASSERT_TRUE(
      db.Put({}, opened.handles[2], "time1000", timestamp(9), "later").ok());
  ASSERT_TRUE(db.Flush({}, opened.handles[2]).ok());
  ASSERT_TRUE(db.Put({}, "only in the WAL", "value").ok());
  ASSERT_TRUE(db.Merge({}, "key0000001", "in the WAL").ok());
}

// Everything in it, every version, as text. Verifies all checksums.
std::string contents_of(const std::string& path) {
  OpenDatabase opened;
  open_database(path, /*read_only=*/true, &opened);
  if (!opened.status.ok()) {
    return opened.status.ToString();
  }
  rocksdb::Status status = opened.db->VerifyChecksum();
  if (status.ok()) {
    status = opened.db->VerifyFileChecksums({});
  }
  std::string text = status.ok() ? "" : status.ToString();
  for (int family = 0; family < 2; ++family) {
    std::vector<rocksdb::KeyVersion> versions;
    EXPECT_TRUE(rocksdb::GetAllKeyVersions(opened.db.get(),
                                           opened.handles[family], {}, {},
                                           1'000'000, &versions)
                    .ok());
    for (const rocksdb::KeyVersion& version : versions) {
      text += version.user_key + "@" + std::to_string(version.sequence) + ":" +
              std::to_string(version.type) + "=" + version.value + "\n";
    }
  }
  const std::string from = timestamp(0);
  const std::string to = timestamp(100);
  const rocksdb::Slice first(from);
  const rocksdb::Slice last(to);
  rocksdb::ReadOptions all_times;
  all_times.iter_start_ts = &first;
  all_times.timestamp = &last;
  for (int family = 0; family < 3; ++family) {
    const std::unique_ptr<rocksdb::Iterator> it(
        opened.db->NewIterator(family == 2 ? all_times : rocksdb::ReadOptions(),
                               opened.handles[family]));
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      text += it->key().ToString() + "=" + it->value().ToString() + "\n";
    }
    EXPECT_TRUE(it->status().ok()) << it->status().ToString();
  }
  return text;
}

// Writes on, compacts, backs up and checks point.
void expect_lives_on(const std::string& path, const std::string& scratch) {
  OpenDatabase opened;
  open_database(path, /*read_only=*/false, &opened);
  ASSERT_TRUE(opened.status.ok()) << opened.status.ToString();
  rocksdb::DB& db = *opened.db;
  rocksdb::Checkpoint* raw = nullptr;
  ASSERT_TRUE(rocksdb::Checkpoint::Create(&db, &raw).ok());
  const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
  EXPECT_TRUE(checkpoint->CreateCheckpoint(scratch + "/checkpoint").ok());
  std::unique_ptr<rocksdb::BackupEngine> backups;
  rocksdb::BackupEngine* raw_backups = nullptr;
  ASSERT_TRUE(rocksdb::BackupEngine::Open(
                  rocksdb::Env::Default(),
                  rocksdb::BackupEngineOptions(scratch + "/backup"),
                  &raw_backups)
                  .ok());
  backups.reset(raw_backups);
  EXPECT_TRUE(backups->CreateNewBackup(&db).ok());
  EXPECT_TRUE(backups->VerifyBackup(1, /*verify_with_checksum=*/true).ok());
  for (auto* handle : opened.handles) {
    const rocksdb::Status status =
        db.CompactRange({}, handle, nullptr, nullptr);
    EXPECT_TRUE(status.ok()) << status.ToString();
  }
  EXPECT_TRUE(db.Put({}, "new", "write").ok());
  std::string value;
  EXPECT_TRUE(db.Get({}, "only in the WAL", &value).ok());
  EXPECT_EQ(value, "value");
}

std::vector<std::string> sst_names(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".sst") {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

class DatabaseTest : public testing::Test {
 protected:
  void SetUp() override {
    make_database(original_);
    contents_ = contents_of(original_);
    ASSERT_GT(contents_.size(), 100'000U);
    fs::copy(original_, db_);
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

TEST_F(DatabaseTest, KeepsEverythingAtEveryUnitOfCommit) {
  const auto before = sst_names(db_);
  ASSERT_GE(before.size(), 5U);
  int level = 1;
  for (const char* unit : {"file", "level", "column_family"}) {
    const auto result = run({"--commit=" + std::string(unit),
                             "--compression_level=" + std::to_string(level)});
    EXPECT_EQ(result.exit_status, 0) << result.err;
    EXPECT_EQ(contents_of(db_), contents_);
    level += 4;
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

TEST_F(DatabaseTest, DryRunChangesNothing) {
  const auto state = [this] {
    std::vector<std::string> files;
    for (const auto& entry : fs::directory_iterator(db_)) {
      files.push_back(entry.path().filename().string() +
                      read_file(entry.path().string()));
    }
    std::sort(files.begin(), files.end());
    return files;
  };
  const auto before = state();
  const auto result = run({"--dry_run", "-v"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("dry run, sizes estimated"), std::string::npos);
  for (const std::string& name : sst_names(db_)) {
    EXPECT_NE(result.out.find(name), std::string::npos) << name;
  }
  EXPECT_TRUE(state() == before);
}

TEST_F(DatabaseTest, TakesOnlyWhatIsAskedFor) {
  const auto before = sst_names(db_);
  auto result = run({"--column_family=times", "--level=0", "-v"});
  EXPECT_EQ(result.exit_status, 0) << result.err;
  EXPECT_NE(result.out.find("  times L0  "), std::string::npos) << result.out;
  EXPECT_EQ(result.out.find("  default L"), std::string::npos) << result.out;
  std::vector<std::string> kept;
  const auto after = sst_names(db_);
  std::set_intersection(before.begin(), before.end(), after.begin(),
                        after.end(), std::back_inserter(kept));
  EXPECT_EQ(kept.size(), before.size() - 2);
  EXPECT_EQ(run({"--min_file_size=100000000"}).out, "");
  EXPECT_EQ(run({"--min_age_seconds=86400"}).out, "");
  EXPECT_EQ(sst_names(db_), after);
  EXPECT_EQ(contents_of(db_), contents_);
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

// One run in this process, on a file system that is told when to fail.
rocksdb::Status recompress_on(Fate& fate, const std::string& path) {
  const auto env = rocksdb::NewCompositeEnv(make_fragile_file_system(fate));
  std::unique_ptr<ClosedDatabase> database;
  rocksdb::Status status =
      recompress::open_closed_database(*env, path, &database);
  if (!status.ok()) {
    return status;
  }
  CpuBlockEngine engine(Scheduler::shared(), 3);
  DatabaseOptions options;
  options.rewrite.threads = 1;
  rocksdb::Status of_files;
  options.on_file = [&](const DatabaseFileReport& file) {
    if (!file.status.ok()) {
      of_files = file.status;
    }
  };
  status = recompress_database(*database, engine, options);
  return status.ok() ? of_files : status;
}

TEST_F(DatabaseTest, SurvivesEveryFailingCall) {
  const std::string counted = dir_ / "counted";
  fs::copy(original_, counted);
  Fate counting;
  const rocksdb::Status status = recompress_on(counting, counted);
  ASSERT_TRUE(status.ok()) << status.ToString();
  ASSERT_GT(counting.calls, 40);
  for (int call = 0; call < counting.calls; ++call) {
    fs::remove_all(db_);
    fs::copy(original_, db_);
    Fate fate;
    fate.fails_at = call;
    recompress_on(fate, db_).PermitUncheckedError();
    ASSERT_EQ(contents_of(db_), contents_) << call;
    Fate none;
    EXPECT_TRUE(recompress_on(none, db_).ok()) << call;
    ASSERT_EQ(contents_of(db_), contents_) << call;
    OpenDatabase opened;
    open_database(db_, /*read_only=*/false, &opened);
    ASSERT_TRUE(opened.status.ok()) << opened.status.ToString();
    EXPECT_TRUE(opened.db->Put({}, "goes", "on").ok());
  }
}

// At each changing call in turn the process is killed and the power goes: what
// was not synced is lost. The child has no threads of RocksDB's or oneTBB's
// from before the fork.
TEST_F(DatabaseTest, SurvivesLosingPowerAtEveryCall) {
  const std::string counted = dir_ / "counted";
  fs::copy(original_, counted);
  const auto in_child = [](const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
      work();
      _exit(0);
    }
    int status = 0;
    EXPECT_EQ(waitpid(child, &status, 0), child);
    return status;
  };
  const std::string count_path = dir_ / "count";
  in_child([&] {
    Fate counting;
    if (recompress_on(counting, counted).ok()) {
      write_file(count_path, std::to_string(counting.calls.load()));
    }
  });
  const int calls = std::stoi(read_file(count_path));
  ASSERT_GT(calls, 40);
  for (int call = 0; call < calls; ++call) {
    fs::remove_all(db_);
    fs::copy(original_, db_);
    const int status = in_child([&] {
      Fate fate;
      fate.fails_at = call;
      fate.end_of_process = [&fate] {
        fate.lose_unsynced();
        raise(SIGKILL);
      };
      recompress_on(fate, db_).PermitUncheckedError();
    });
    ASSERT_TRUE(WIFSIGNALED(status)) << call;
    ASSERT_EQ(contents_of(db_), contents_) << call;
    in_child([&] {
      Fate none;
      _exit(recompress_on(none, db_).ok() ? 0 : 1);
    });
    ASSERT_EQ(contents_of(db_), contents_) << call;
  }
}

// Signals at any moment, of the kind that can be caught and the kind that
// cannot.
TEST_F(DatabaseTest, SurvivesSignals) {
  for (int round = 0; round < 30; ++round) {
    fs::remove_all(db_);
    fs::copy(original_, db_);
    Program program({GPU_ZSTD_SST_RECOMPRESS, "--db=" + db_, "--commit=file",
                     "--compression_level=19"},
                    dir_.path().string());
    usleep(static_cast<useconds_t>(round) * 3000);
    program.send(round % 2 == 0 ? SIGKILL : SIGINT);
    const auto result = program.wait();
    EXPECT_TRUE(result.exit_status == 0 ||
                result.exit_status == 128 + SIGKILL ||
                result.exit_status == 128 + SIGINT)
        << result.exit_status << result.err;
    ASSERT_EQ(contents_of(db_), contents_) << round;
  }
}

}  // namespace
}  // namespace gpu_zstd::test
