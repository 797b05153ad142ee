// RocksDB's own compression settings keep their meaning under the plugin.

#include <gtest/gtest.h>

#include "rocksdb/table.h"
#include "rocksdb_glue/compression_manager.h"
#include "rocksdb_glue/statistics.h"
#include "tests/rocksdb_glue/test_db.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

using rocksdb::DB;
using rocksdb::Options;

class Settings : public testing::Test {
 protected:
  void SetUp() override {
    options_ = test::small_db_options();
    ASSERT_TRUE(
        new_compression_manager({}, &options_.compression_manager).ok());
  }

  rocksdb::Status open() { return DB::Open(options_, dir_ / "db", &db_); }

  void open_and_flush(int keys) {
    ASSERT_TRUE(open().ok());
    test::fill(*db_, 0, keys);
    ASSERT_TRUE(db_->Flush({}).ok());
  }

  void expect_stock_scan(int keys) {
    db_.reset();
    EXPECT_EQ(test::scan_with_stock_rocksdb(dir_ / "db"),
              test::expected_scan(keys));
  }

  // The value of "_compressor=" in the properties, or "".
  std::string compressor_of_first_file() {
    const std::string text =
        test::table_properties(*db_)[0]->compression_options;
    const std::string name = "_compressor=";
    const size_t begin = text.find(name);
    return begin == std::string::npos
               ? ""
               : text.substr(begin + name.size(),
                             text.find(';', begin) - begin - name.size());
  }

  test::TempDir dir_;
  Options options_;
  std::unique_ptr<DB> db_;
};

TEST_F(Settings, EveryFormatVersionReadsBack) {
  for (const uint32_t version : {2u, 3u, 4u, 5u, 6u, 7u}) {
    rocksdb::BlockBasedTableOptions table;
    table.format_version = version;
    options_.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    open_and_flush(1000);
    expect_stock_scan(1000);
    ASSERT_TRUE(rocksdb::DestroyDB(dir_ / "db", options_).ok());
  }
}

TEST_F(Settings, BottommostLevelIsItsOwn) {
  options_.compression_opts.level = 1;
  options_.bottommost_compression = rocksdb::kZSTD;
  options_.bottommost_compression_opts.enabled = true;
  options_.bottommost_compression_opts.level = 19;
  open_and_flush(1000);
  EXPECT_EQ(compressor_of_first_file(), "GpuZstdCompressor(level 1)");
  rocksdb::CompactRangeOptions force;
  force.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db_->CompactRange(force, nullptr, nullptr).ok());
  EXPECT_EQ(compressor_of_first_file(), "GpuZstdCompressor(level 19)");
  expect_stock_scan(1000);
}

TEST_F(Settings, PerLevelTypesDecideWhatWeCompress) {
  options_.num_levels = 2;
  options_.level_compaction_dynamic_level_bytes = false;
  options_.compression_per_level = {rocksdb::kLZ4Compression, rocksdb::kZSTD};
  const auto before = statistics();
  open_and_flush(500);
  EXPECT_EQ(statistics().blocks_by(Engine::kCpu),
            before.blocks_by(Engine::kCpu));
  EXPECT_EQ(compressor_of_first_file(), "BuiltinLZ4CompressorV2");
  rocksdb::CompactRangeOptions rewrite;
  rewrite.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForce;
  ASSERT_TRUE(db_->CompactRange(rewrite, nullptr, nullptr).ok());
  EXPECT_EQ(compressor_of_first_file(), "GpuZstdCompressor(level 3)");
  expect_stock_scan(500);
}

TEST_F(Settings, ABoundOnTheCompressedSizeStoresTheBlockRaw) {
  options_.compression_opts.max_compressed_bytes_per_kb = 100;
  open_and_flush(1000);
  const auto properties = test::table_properties(*db_)[0];
  EXPECT_GT(properties->num_data_blocks, 0u);
  EXPECT_EQ(properties->num_data_blocks_compression_rejected,
            properties->num_data_blocks);
  expect_stock_scan(1000);
}

TEST_F(Settings, DictionariesWork) {
  options_.compression_opts.max_dict_bytes = 4096;
  options_.compression_opts.zstd_max_train_bytes = 64 * 1024;
  const auto before = statistics().skip(SkipReason::kDictionary).blocks;
  open_and_flush(2000);
  EXPECT_GT(statistics().skip(SkipReason::kDictionary).blocks, before);
  expect_stock_scan(2000);
}

TEST_F(Settings, ParallelThreadsAndVerificationWork) {
  rocksdb::BlockBasedTableOptions table;
  table.verify_compression = true;
  options_.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options_.compression_opts.parallel_threads = 8;
  options_.compression_opts.checksum = true;
  open_and_flush(5000);
  expect_stock_scan(5000);
}

TEST_F(Settings, AnImpossibleLevelIsRefusedWhenTheDbIsOpened) {
  options_.compression_opts.level = 99;
  const rocksdb::Status status = open();
  EXPECT_TRUE(status.IsInvalidArgument()) << status.ToString();
  EXPECT_NE(status.ToString().find("compression_opts.level=99"),
            std::string::npos)
      << status.ToString();
}

TEST_F(Settings, RocksdbsLevelZeroStaysAllowed) {
  options_.compression_opts.level = 0;
  open_and_flush(100);
  EXPECT_EQ(compressor_of_first_file(), "GpuZstdCompressor(level -1)");
}

}  // namespace
}  // namespace gpu_zstd
