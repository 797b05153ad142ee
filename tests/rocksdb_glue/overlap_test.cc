// How many threads compress a file is read off the working areas that RocksDB
// asks for: what a real RocksDB asks for in each setting.

#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "rocksdb/advanced_compression.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/options.h"
#include "rocksdb/sst_file_writer.h"
#include "rocksdb/table.h"
#include "rocksdb_glue/gpu_compressor.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {
namespace {

// What the compressors of a manager saw.
struct Seen {
  std::atomic<uint32_t> most{0};
  std::atomic<uint32_t> last{0};
  std::atomic<uint32_t> blocks{0};
};

// Reads the overlap at each block; RocksDB asks the compressor inside for
// everything else.
class WatchingCompressor final : public rocksdb::CompressorWrapper {
 public:
  WatchingCompressor(std::unique_ptr<GpuCompressor> compressor, Seen& seen)
      : CompressorWrapper(std::move(compressor)), seen_(seen) {}

  const char* Name() const override { return wrapped_->Name(); }
  std::unique_ptr<rocksdb::Compressor> Clone() const override {
    return wrapped_->Clone();
  }
  rocksdb::Status CompressBlock(rocksdb::Slice block, char* output,
                                size_t* output_size,
                                rocksdb::CompressionType* type,
                                ManagedWorkingArea* area) override {
    const uint32_t now = static_cast<const GpuCompressor&>(*wrapped_).overlap();
    for (uint32_t most = seen_.most;
         now > most && !seen_.most.compare_exchange_weak(most, now);) {
    }
    seen_.last = now;
    ++seen_.blocks;
    return wrapped_->CompressBlock(block, output, output_size, type, area);
  }

 private:
  Seen& seen_;
};

class WatchingManager final : public rocksdb::CompressionManagerWrapper {
 public:
  explicit WatchingManager(Seen& seen)
      : CompressionManagerWrapper(rocksdb::GetBuiltinV2CompressionManager()),
        seen_(seen) {}

  const char* Name() const override { return wrapped_->Name(); }
  std::unique_ptr<rocksdb::Compressor> GetCompressorForSST(
      const rocksdb::FilterBuildingContext&,
      const rocksdb::CompressionOptions& options,
      rocksdb::CompressionType type) override {
    FileSettings settings;
    settings.parallel_threads = options.parallel_threads;
    return std::make_unique<WatchingCompressor>(
        std::make_unique<GpuCompressor>(
            settings, wrapped_->GetCompressor(options, type), scheduler_),
        seen_);
  }

 private:
  Seen& seen_;
  Scheduler scheduler_;
};

struct Case {
  const char* name;
  uint32_t parallel_threads;
  bool compress_index;
  bool partition_filters;
  uint32_t threads;
};

class Overlap : public testing::TestWithParam<Case> {};

TEST_P(Overlap, IsTheNumberOfThreads) {
  const Case& param = GetParam();
  Seen seen;
  rocksdb::BlockBasedTableOptions table;
  table.block_size = 1024;
  table.enable_index_compression = param.compress_index;
  if (param.partition_filters) {
    table.partition_filters = true;
    table.decouple_partitioned_filters = false;
    table.index_type =
        rocksdb::BlockBasedTableOptions::IndexType::kTwoLevelIndexSearch;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.compression = rocksdb::kZSTD;
  options.compression_opts.parallel_threads = param.parallel_threads;
  options.compression_manager = std::make_shared<WatchingManager>(seen);
  const test::TempDir directory;
  rocksdb::SstFileWriter writer(rocksdb::EnvOptions(), options);
  ASSERT_TRUE(writer.Open(directory / "file.sst").ok());
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(writer
                    .Put("key" + std::to_string(1000 + i),
                         test::text_like(200, static_cast<uint64_t>(i)))
                    .ok());
  }
  ASSERT_TRUE(writer.Finish().ok());
  EXPECT_GT(seen.blocks, 50u);
  EXPECT_EQ(seen.most, param.threads);
  // The index block's one thread is waited for.
  if (param.compress_index) {
    EXPECT_EQ(seen.last, 1u);
  }
}

// The emitting thread compresses too when the others cannot keep up.
INSTANTIATE_TEST_SUITE_P(
    Settings, Overlap,
    testing::Values(Case{"One", 1, true, false, 1},
                    Case{"OneWithoutIndex", 1, false, false, 1},
                    Case{"Four", 4, true, false, 5},
                    Case{"Sixteen", 16, true, false, 17},
                    Case{"SixteenWithoutIndex", 16, false, false, 16},
                    Case{"AdviceNotTaken", 16, true, true, 1}),
    [](const auto& setting) { return std::string(setting.param.name); });

}  // namespace
}  // namespace gpu_zstd
