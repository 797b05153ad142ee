#include "tests/tools/sst_recompress/full_database.h"

#include <algorithm>

#include "rocksdb/comparator.h"
#include "rocksdb/env.h"
#include "rocksdb/file_checksum.h"
#include "rocksdb/ldb_tool.h"
#include "rocksdb/utilities/backup_engine.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb/utilities/debug.h"
#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {
namespace {

std::string timestamp(uint64_t time) {
  std::string text;
  rocksdb::EncodeU64Ts(time, &text);
  return text;
}

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

}  // namespace

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

void expect_consistent(const std::string& path) {
  const std::vector<std::string> arguments = {
      "ldb", "--db=" + path, "--try_load_options", "checkconsistency"};
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  EXPECT_EQ(rocksdb::LDBTool().RunAndReturn(static_cast<int>(argv.size()),
                                            argv.data(), rocksdb::Options(),
                                            rocksdb::LDBOptions(), nullptr),
            0);
}

std::vector<std::string> sst_names(const std::string& path) {
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    if (entry.path().extension() == ".sst") {
      names.push_back(entry.path().filename().string());
    }
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> state_of(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(path)) {
    files.push_back(entry.path().filename().string() +
                    read_file(entry.path().string()));
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace gpu_zstd::test
