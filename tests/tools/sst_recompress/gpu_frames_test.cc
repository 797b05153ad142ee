// Files with the frames of the GPU encoder, judged by a RocksDB that knows
// nothing of it. Twice: with the frames from the encoder's host model, which
// are the GPU's byte for byte, and from the GPU where there is one.

#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "gpu_codec/host_model/frame_model.h"
#include "rocksdb/env.h"
#include "rocksdb/table.h"
#include "rocksdb_glue/offline/recompress_database.h"
#include "rocksdb_glue/offline/rocksdb_internal_manifest.h"
#include "rocksdb_glue/sst/gpu_block_engine.h"
#include "tests/rocksdb_glue/sst/sst_files.h"
#include "tests/rocksdb_glue/test_db.h"
#include "tests/tools/sst_recompress/full_database.h"

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

// What the simulated device is for the scheduler: runs the host model.
class ModelEngine final : public BlockEngine {
 public:
  explicit ModelEngine(int level)
      : level_(level), encoder_(kLargestBlock, level, /*checksum=*/false) {}

  std::string name() const override { return "gpu"; }
  int level() const override { return level_; }
  size_t preferred_call_bytes() const override { return 1 << 20; }
  void compress(std::span<BlockJob> jobs) noexcept override {
    const std::lock_guard lock(mutex_);
    for (BlockJob& job : jobs) {
      if (job.input.size() > kLargestBlock) {
        ADD_FAILURE() << "a block of " << job.input.size() << " bytes";
        continue;
      }
      job.frame_bytes = encoder_.encode(
          {reinterpret_cast<const uint8_t*>(job.input.data()),
           job.input.size()},
          {reinterpret_cast<uint8_t*>(job.output.data()), job.output.size()});
      job.outcome =
          job.frame_bytes > 0 ? Outcome::kCompressed : Outcome::kDoesNotFit;
    }
  }

 private:
  static constexpr size_t kLargestBlock = 256 << 10;

  const int level_;
  std::mutex mutex_;  // guards encoder_
  host_model::FrameEncoder encoder_;
};

uint64_t compressed_blocks(const StoreCounts& counts) {
  return counts.blocks - counts.rejected - counts.bypassed;
}

enum class Maker { kModel, kGpu };

const char* name_of(Maker maker) {
  return maker == Maker::kModel ? "Model" : "Gpu";
}
void PrintTo(Maker maker, std::ostream* out) { *out << name_of(maker); }

class GpuFramesTest
    : public testing::TestWithParam<std::tuple<Maker, int /*level*/>> {
 protected:
  void SetUp() override {
    const auto [maker, level] = GetParam();
    if (maker == Maker::kModel) {
      engine_ = std::make_unique<ModelEngine>(level);
      return;
    }
    std::string why_not;
    engine_ = make_gpu_block_engine(
        level, [](const std::string& why) { ADD_FAILURE() << why; }, &why_not);
    if (engine_ == nullptr) {
      GTEST_SKIP() << why_not;
    }
  }

  void recompress(const std::string& path) {
    std::unique_ptr<ClosedDatabase> database;
    auto status =
        open_closed_database(*rocksdb::Env::Default(), path, &database);
    ASSERT_TRUE(status.ok()) << status.ToString();
    DatabaseOptions options;
    options.rewrite.threads = 2;
    uint64_t compressed = 0;
    options.on_file = [&](const DatabaseFileReport& file) {
      EXPECT_EQ(file.outcome, FileOutcome::kDone) << file.status.ToString();
      compressed += compressed_blocks(file.data);
    };
    status = recompress_database(*database, *engine_, options);
    EXPECT_TRUE(status.ok()) << status.ToString();
    EXPECT_GT(compressed, 0u);
  }

  TempDir dir_;
  std::unique_ptr<BlockEngine> engine_;
};

std::string name_of_case(
    const testing::TestParamInfo<GpuFramesTest::ParamType>& of) {
  const auto [maker, level] = of.param;
  return std::string(name_of(maker)) + "Level" + std::to_string(level);
}

INSTANTIATE_TEST_SUITE_P(All, GpuFramesTest,
                         testing::Combine(testing::Values(Maker::kModel,
                                                          Maker::kGpu),
                                          testing::Values(1, 3, 9, 19)),
                         name_of_case);

// A program without the plugin verifies every checksum and scans.
TEST_P(GpuFramesTest, AStockRocksDbReadsThem) {
  constexpr int kKeys = 3000;
  const std::string path = dir_ / "db";
  rocksdb::Options options = small_db_options();
  options.compression = rocksdb::kNoCompression;
  for (const auto index :
       {rocksdb::BlockBasedTableOptions::kBinarySearch,
        rocksdb::BlockBasedTableOptions::kTwoLevelIndexSearch}) {
    rocksdb::BlockBasedTableOptions table;
    table.block_size = 16 << 10;
    table.metadata_block_size = 512;
    table.index_type = index;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    fs::remove_all(path);
    std::unique_ptr<rocksdb::DB> db;
    ASSERT_TRUE(rocksdb::DB::Open(options, path, &db).ok());
    fill(*db, 0, kKeys / 2);
    ASSERT_TRUE(db->Flush({}).ok());
    fill(*db, kKeys / 2, kKeys - kKeys / 2);
    ASSERT_TRUE(db->Flush({}).ok());
    db.reset();
    recompress(path);
    EXPECT_EQ(scan_with_stock_rocksdb(path), expected_scan(kKeys));
  }
}

// All that a database can hold stays, and life goes on.
TEST_P(GpuFramesTest, EverythingOfADatabaseStays) {
  const std::string path = dir_ / "db";
  make_database(path);
  const std::string contents = contents_of(path);
  recompress(path);
  EXPECT_EQ(contents_of(path), contents);
  expect_consistent(path);
  expect_lives_on(path, dir_.path().string());
}

// File to file, every internal key by scan, seek and lookup.
TEST_P(GpuFramesTest, AFileHasTheSameEntries) {
  const auto options = table_options(small_blocks(6), rocksdb::kNoCompression);
  const std::string source =
      make_sst_files(dir_ / "db", options, write_varied).front();
  RewriteResult result;
  const auto status =
      rewrite_sst(*rocksdb::FileSystem::Default(), source, dir_ / "new.sst",
                  *engine_, RewriteOptions(), &result);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_GT(compressed_blocks(result.data), 0u);
  expect_same_contents(options, source, dir_ / "new.sst");
}

}  // namespace
}  // namespace gpu_zstd::test
