// Each way to configure the plugin, proven from the table properties of the
// files it leads to, and the database then read by a RocksDB without it.

#include <gtest/gtest.h>

#include "plugin/register.h"
#include "rocksdb/convenience.h"
#include "rocksdb/utilities/options_util.h"
#include "rocksdb_glue/compression_manager.h"
#include "tests/rocksdb_glue/test_db.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

using rocksdb::DB;
using rocksdb::Options;
using test::small_db_options;

constexpr int kKeys = 2000;

class Routes : public testing::Test {
 protected:
  static void SetUpTestSuite() { register_with_rocksdb(); }

  std::string path() const { return dir_ / "db"; }

  std::unique_ptr<DB> open(const Options& options) {
    std::unique_ptr<DB> db;
    const rocksdb::Status status = DB::Open(options, path(), &db);
    EXPECT_TRUE(status.ok()) << status.ToString();
    return db;
  }

  void flush(DB& db, int first, int keys) {
    test::fill(db, first, keys);
    ASSERT_TRUE(db.Flush({}).ok());
  }

  // Fills, flushes, compacts; every file must be the plugin's; the DB is then
  // closed and scanned by stock_reader.
  void write_and_judge(const Options& options) {
    auto db = open(options);
    ASSERT_NE(db, nullptr);
    flush(*db, 0, kKeys / 2);
    flush(*db, kKeys / 2, kKeys / 2);
    ASSERT_TRUE(db->CompactRange({}, nullptr, nullptr).ok());
    const auto files = test::table_properties(*db);
    ASSERT_FALSE(files.empty());
    for (const auto& file : files) {
      EXPECT_TRUE(test::written_by_plugin(*file)) << file->ToString();
      EXPECT_LT(file->data_size, file->raw_value_size / 2);
    }
    db.reset();
    EXPECT_EQ(test::scan_with_stock_rocksdb(path()),
              test::expected_scan(kKeys));
  }

  test::TempDir dir_;
};

TEST_F(Routes, CppFactory) {
  Options options = small_db_options();
  ASSERT_TRUE(
      new_compression_manager({.level = 1}, &options.compression_manager).ok());
  write_and_judge(options);
}

TEST_F(Routes, OneCallForAllOptions) {
  Options options = small_db_options();
  options.compression = rocksdb::kNoCompression;
  ASSERT_TRUE(enable_gpu_zstd({.level = 3}, &options).ok());
  write_and_judge(options);
}

TEST_F(Routes, OptionsString) {
  Options options;
  ASSERT_TRUE(rocksdb::GetOptionsFromString(
                  rocksdb::ConfigOptions(), small_db_options(),
                  "compression_manager={id=GpuZstd;level=6};"
                  "listeners={GpuZstdListener}",
                  &options)
                  .ok());
  write_and_judge(options);
}

TEST_F(Routes, OptionsFile) {
  Options first = small_db_options();
  ASSERT_TRUE(new_compression_manager({.level = 9, .mode = "cpu_only"},
                                      &first.compression_manager)
                  .ok());
  open(first).reset();

  rocksdb::ConfigOptions config;
  config.ignore_unsupported_options = false;
  rocksdb::DBOptions db_options;
  std::vector<rocksdb::ColumnFamilyDescriptor> families;
  ASSERT_TRUE(
      rocksdb::LoadLatestOptions(config, path(), &db_options, &families).ok());
  ASSERT_EQ(families.size(), 1u);
  const auto* loaded =
      families[0].options.compression_manager->GetOptions<GpuZstdOptions>(
          "GpuZstdOptions");
  ASSERT_NE(loaded, nullptr);
  EXPECT_EQ(loaded->level, 9);
  EXPECT_EQ(loaded->mode, "cpu_only");
  write_and_judge(Options(db_options, families[0].options));
}

TEST_F(Routes, SetOptionsTurnsItOnChangesItAndOff) {
  auto db = open(small_db_options());
  flush(*db, 0, 500);
  ASSERT_TRUE(
      db->SetOptions({{"compression_manager", "{id=GpuZstd;level=1}"}}).ok());
  flush(*db, 500, 500);
  ASSERT_TRUE(db->SetOptions({{"compression_manager", "{level=12}"}}).ok());
  flush(*db, 1000, 500);
  ASSERT_TRUE(db->SetOptions({{"compression_manager", "nullptr"}}).ok());
  flush(*db, 1500, 500);

  int ours = 0;
  std::string ids;
  for (const auto& file : test::table_properties(*db)) {
    ours += test::written_by_plugin(*file) ? 1 : 0;
    ids += file->compression_options;
  }
  EXPECT_EQ(ours, 2);
  EXPECT_NE(ids.find("GpuZstdCompressor(level 1)"), std::string::npos) << ids;
  EXPECT_NE(ids.find("GpuZstdCompressor(level 12)"), std::string::npos) << ids;
  db.reset();
  EXPECT_EQ(test::scan_with_stock_rocksdb(path()), test::expected_scan(kKeys));
}

TEST_F(Routes, SetOptionsRefusesWhatIsNotThere) {
  auto db = open(small_db_options());
  ASSERT_TRUE(
      db->SetOptions({{"compression_manager", "{id=GpuZstd;level=5}"}}).ok());
  for (const char* bad :
       {"{id=GpuZstd;level=99}", "{level=99}", "{id=GpuZstd;levle=3}",
        "{id=GpuZstd;mode=fast}", "{level=abc}"}) {
    EXPECT_FALSE(db->SetOptions({{"compression_manager", bad}}).ok()) << bad;
  }
  const auto* kept =
      db->GetOptions().compression_manager->GetOptions<GpuZstdOptions>(
          "GpuZstdOptions");
  ASSERT_NE(kept, nullptr);
  EXPECT_EQ(kept->level, 5);
}

TEST_F(Routes, PluginCanBeLeftBehind) {
  Options options = small_db_options();
  ASSERT_TRUE(new_compression_manager({}, &options.compression_manager).ok());
  auto db = open(options);
  flush(*db, 0, kKeys / 2);
  db.reset();

  db = open(small_db_options());  // no manager: RocksDB goes on by itself
  flush(*db, kKeys / 2, kKeys / 2);
  rocksdb::CompactRangeOptions rewrite;
  rewrite.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db->CompactRange(rewrite, nullptr, nullptr).ok());
  for (const auto& file : test::table_properties(*db)) {
    EXPECT_FALSE(test::written_by_plugin(*file));
  }
  db.reset();
  EXPECT_EQ(test::scan_with_stock_rocksdb(path()), test::expected_scan(kKeys));
}

}  // namespace
}  // namespace gpu_zstd
