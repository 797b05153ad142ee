#include "rocksdb_glue/statistics.h"

#include <gtest/gtest.h>

#include "rocksdb_glue/compression_manager.h"
#include "tests/rocksdb_glue/test_db.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd {
namespace {

TEST(Statistics, CountTheBlocksOfAFlush) {
  test::TempDir dir;
  rocksdb::Options options = test::small_db_options();
  ASSERT_TRUE(enable_gpu_zstd({}, &options).ok());
  std::unique_ptr<rocksdb::DB> db;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir / "db", &db).ok());
  const CounterSnapshot before = statistics();
  test::fill(*db, 0, 1000);
  ASSERT_TRUE(db->Flush({}).ok());
  const CounterSnapshot after = statistics();
  const auto file = test::table_properties(*db)[0];
  // Data blocks, and the one index block.
  EXPECT_EQ(after.blocks_by(Engine::kCpu) - before.blocks_by(Engine::kCpu),
            file->num_data_blocks + 1);
  EXPECT_EQ(after.blocks_by(Engine::kGpu), before.blocks_by(Engine::kGpu));
  EXPECT_GT(after.times[0].sum_ns, before.times[0].sum_ns);
  EXPECT_NE(statistics_string().find("gpu_zstd.cpu.blocks.compressed COUNT"),
            std::string::npos);
  EXPECT_NE(prometheus_text().find("gpu_zstd_blocks_total{"),
            std::string::npos);
}

TEST(Statistics, AreLoggedWhenTheDbCloses) {
  test::TempDir dir;
  rocksdb::Options options = test::small_db_options();
  ASSERT_TRUE(enable_gpu_zstd({}, &options).ok());
  std::unique_ptr<rocksdb::DB> db;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir / "db", &db).ok());
  test::fill(*db, 0, 100);
  ASSERT_TRUE(db->Flush({}).ok());
  db.reset();
  const std::string log = test::read_info_log(dir / "db");
  EXPECT_NE(log.find("GpuZstd: engines: cpu (libzstd"), std::string::npos);
  EXPECT_NE(
      log.find("GpuZstd statistics of this process (close): engines: cpu"),
      std::string::npos);
  EXPECT_NE(log.find("gpu_zstd.cpu.blocks.compressed COUNT"),
            std::string::npos);
}

TEST(Statistics, AreLoggedAtIntervalsUnlessSwitchedOff) {
  for (const uint32_t interval : {0u, 1u}) {
    test::TempDir dir;
    rocksdb::Options options = test::small_db_options();
    ASSERT_TRUE(new_compression_manager({.stats_interval_sec = interval},
                                        &options.compression_manager)
                    .ok());
    std::unique_ptr<rocksdb::DB> db;
    ASSERT_TRUE(rocksdb::DB::Open(options, dir / "db", &db).ok());
    options.env->SleepForMicroseconds(2100 * 1000);
    test::fill(*db, 0, 10);
    ASSERT_TRUE(db->Flush({}).ok());
    db.reset();
    const bool logged =
        test::read_info_log(dir / "db").find("(interval)") != std::string::npos;
    EXPECT_EQ(logged, interval != 0) << interval;
  }
}

TEST(Statistics, AColumnFamilyOfAnotherTypeIsSaidOnce) {
  test::TempDir dir;
  rocksdb::Options options = test::small_db_options();
  ASSERT_TRUE(new_compression_manager({}, &options.compression_manager).ok());
  options.compression = rocksdb::kLZ4Compression;
  std::unique_ptr<rocksdb::DB> db;
  ASSERT_TRUE(rocksdb::DB::Open(options, dir / "db", &db).ok());
  for (int i = 0; i < 3; ++i) {
    test::fill(*db, i * 100, 100);
    ASSERT_TRUE(db->Flush({}).ok());
  }
  db.reset();
  const std::string log = test::read_info_log(dir / "db");
  const size_t first = log.find("set compression=kZSTD");
  EXPECT_NE(first, std::string::npos);
  EXPECT_EQ(log.find("set compression=kZSTD", first + 1), std::string::npos);
}

}  // namespace
}  // namespace gpu_zstd
