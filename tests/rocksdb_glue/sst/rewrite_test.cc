// Every kind of table that RocksDB makes, rewritten, and read by RocksDB.

#include "rocksdb_glue/sst/rewrite.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "rocksdb/convenience.h"
#include "rocksdb/filter_policy.h"
#include "rocksdb/sst_file_reader.h"
#include "rocksdb/table_properties.h"
#include "rocksdb/unique_id.h"
#include "rocksdb_glue/sst/new_properties.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "tests/rocksdb_glue/sst/sst_files.h"

namespace gpu_zstd::test {
namespace {

using IndexType = rocksdb::BlockBasedTableOptions::IndexType;

std::shared_ptr<const rocksdb::TableProperties> properties_of(
    const rocksdb::Options& options, const std::string& path) {
  rocksdb::SstFileReader reader(options);
  const rocksdb::Status status = reader.Open(path);
  EXPECT_TRUE(status.ok()) << status.ToString();
  return reader.GetTableProperties();
}

// Makes one file with `options`, rewrites it, and has RocksDB compare.
RewriteResult check_rewrite(const rocksdb::Options& options, int level = 3) {
  const TempDir dir;
  const auto files = make_sst_files(dir / "db", options, write_varied);
  if (files.size() != 1) {
    ADD_FAILURE() << files.size() << " files";
    return {};
  }
  EXPECT_NE(range_tombstones(options, files.front()).find("x : z"),
            std::string::npos);
  const std::string output = dir / "new.sst";
  RewriteResult result;
  const rocksdb::Status status =
      rewrite_file(files.front(), output, level, &result);
  EXPECT_TRUE(status.ok()) << status.ToString();
  if (status.ok()) {
    expect_same_contents(options, files.front(), output);
    EXPECT_EQ(range_tombstones(options, files.front()),
              range_tombstones(options, output));
    EXPECT_EQ(std::filesystem::file_size(output), result.output_bytes);
    EXPECT_GT(result.data.blocks, 50U);
    EXPECT_GT(result.data.rejected, 0U);
  }
  return result;
}

class EveryIndex
    : public testing::TestWithParam<std::tuple<uint32_t, IndexType>> {};

TEST_P(EveryIndex, IsReadBackByRocksDB) {
  auto table = small_blocks(std::get<0>(GetParam()));
  table.index_type = std::get<1>(GetParam());
  for (const int interval : {1, 4}) {
    table.index_block_restart_interval =
        table.index_type == IndexType::kHashSearch ? 1 : interval;
    check_rewrite(table_options(table, rocksdb::kZSTD));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Formats, EveryIndex,
    testing::Combine(testing::Range(2U, 8U),
                     testing::Values(IndexType::kBinarySearch,
                                     IndexType::kHashSearch,
                                     IndexType::kTwoLevelIndexSearch,
                                     IndexType::kBinarySearchWithFirstKey)));

class EveryFormat : public testing::TestWithParam<uint32_t> {};

TEST_P(EveryFormat, KeepsPartitionedFilters) {
  auto table = small_blocks(GetParam());
  table.index_type = IndexType::kTwoLevelIndexSearch;
  table.partition_filters = true;
  for (const bool decoupled : {false, true}) {
    table.decouple_partitioned_filters = decoupled;
    check_rewrite(table_options(table, rocksdb::kLZ4Compression));
  }
}

TEST_P(EveryFormat, TakesEveryChecksum) {
  for (const auto checksum :
       {rocksdb::kNoChecksum, rocksdb::kCRC32c, rocksdb::kxxHash,
        rocksdb::kxxHash64, rocksdb::kXXH3}) {
    auto table = small_blocks(GetParam());
    table.checksum = checksum;
    check_rewrite(table_options(table, rocksdb::kSnappyCompression));
  }
}

TEST_P(EveryFormat, TakesEveryCompression) {
  for (const rocksdb::CompressionType type :
       rocksdb::GetSupportedCompressions()) {
    check_rewrite(table_options(small_blocks(GetParam()), type));
  }
}

TEST_P(EveryFormat, TakesDictionaries) {
  for (const auto type :
       {rocksdb::kZlibCompression, rocksdb::kLZ4Compression, rocksdb::kZSTD}) {
    auto options = table_options(small_blocks(GetParam()), type);
    options.compression_opts.max_dict_bytes = 4096;
    options.compression_opts.zstd_max_train_bytes = 65536;
    check_rewrite(options);
  }
}

TEST_P(EveryFormat, SaysInItsPropertiesWhatItIs) {
  const TempDir dir;
  const auto options =
      table_options(small_blocks(GetParam()), rocksdb::kLZ4Compression);
  const auto files = make_sst_files(dir / "db", options, write_varied);
  RewriteResult result;
  ASSERT_TRUE(rewrite_file(files.front(), dir / "new.sst", 9, &result).ok());
  const auto before = properties_of(options, files.front());
  const auto after = properties_of(options, dir / "new.sst");
  EXPECT_EQ(after->compression_name,
            GetParam() >= 7 ? "BuiltinV2;07;" : "ZSTD");
  EXPECT_EQ(after->compression_options, compression_options_text(9));
  EXPECT_EQ(after->data_size, result.output_data_bytes);
  EXPECT_EQ(after->tail_start_offset, result.output_data_bytes);
  EXPECT_EQ(after->num_data_blocks, before->num_data_blocks);
  EXPECT_EQ(after->num_data_blocks_compression_rejected, result.data.rejected);
  EXPECT_EQ(after->num_entries, before->num_entries);
  EXPECT_EQ(after->num_range_deletions, 2U);
  EXPECT_EQ(after->filter_size, before->filter_size);
  EXPECT_EQ(after->creation_time, before->creation_time);
  EXPECT_EQ(after->user_collected_properties,
            before->user_collected_properties);
}

TEST_P(EveryFormat, HasAnIdentityOfItsOwn) {
  const TempDir dir;
  const auto options = table_options(small_blocks(GetParam()), rocksdb::kZSTD);
  const auto files = make_sst_files(dir / "db", options, write_varied);
  RewriteResult result;
  ASSERT_TRUE(rewrite_file(files.front(), dir / "a.sst", 3, &result).ok());
  ASSERT_TRUE(rewrite_file(files.front(), dir / "b.sst", 4, &result).ok());
  std::string ids[3];
  int i = 0;
  for (const std::string& path :
       {files.front(), dir / "a.sst", dir / "b.sst"}) {
    ASSERT_TRUE(rocksdb::GetUniqueIdFromTableProperties(
                    *properties_of(options, path), &ids[i++])
                    .ok());
  }
  EXPECT_NE(ids[0], ids[1]);
  EXPECT_NE(ids[1], ids[2]);
  EXPECT_NE(ids[0], ids[2]);
}

INSTANTIATE_TEST_SUITE_P(Formats, EveryFormat, testing::Range(2U, 8U));

TEST(RewriteTest, KeepsSeparatedKeysAndValues) {
  auto table = small_blocks(7);
  table.separate_key_value_in_data_block = true;
  check_rewrite(table_options(table, rocksdb::kZSTD));
}

TEST(RewriteTest, KeepsHashedDataBlocks) {
  auto table = small_blocks(5);
  table.data_block_index_type =
      rocksdb::BlockBasedTableOptions::kDataBlockBinaryAndHash;
  check_rewrite(table_options(table, rocksdb::kZSTD));
}

TEST(RewriteTest, LeavesIndexesUncompressedThatWere) {
  auto table = small_blocks(6);
  table.enable_index_compression = false;
  table.index_type = IndexType::kTwoLevelIndexSearch;
  check_rewrite(table_options(table, rocksdb::kZSTD));
}

TEST(RewriteTest, DropsTheZerosOfAnAlignment) {
  auto table = small_blocks(6);
  table.block_align = true;
  table.block_size = 1024;
  const RewriteResult result =
      check_rewrite(table_options(table, rocksdb::kNoCompression));
  EXPECT_GT(result.padding_bytes, 0U);
}

TEST(RewriteTest, TakesSuperBlockAlignment) {
  auto table = small_blocks(7);
  table.super_block_alignment_size = 4096;
  table.super_block_alignment_space_overhead_ratio = 8;
  table.index_block_restart_interval = 8;
  const RewriteResult result =
      check_rewrite(table_options(table, rocksdb::kLZ4Compression));
  EXPECT_GT(result.padding_bytes, 0U);
}

TEST(RewriteTest, TakesAFileOfOneEntry) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const auto files = make_sst_files(dir / "db", options, [](rocksdb::DB& db) {
    ASSERT_TRUE(db.Put({}, "only", "one").ok());
  });
  RewriteResult result;
  ASSERT_TRUE(rewrite_file(files.front(), dir / "new.sst", 3, &result).ok());
  const Entries entries = read_entries(options, dir / "new.sst");
  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries, read_entries(options, files.front()));
  EXPECT_EQ(entries[0].second, "one");
  EXPECT_EQ(result.data.bypassed + result.data.rejected, 1U);
}

// A file with range tombstones only has no data block.
TEST(RewriteTest, TakesAFileWithoutDataBlocks) {
  for (const auto index :
       {IndexType::kBinarySearch, IndexType::kTwoLevelIndexSearch}) {
    for (const uint32_t format_version : {2U, 5U, 7U}) {
      const TempDir dir;
      auto table = small_blocks(format_version);
      table.index_type = index;
      const auto options = table_options(table, rocksdb::kZSTD);
      const auto files =
          make_sst_files(dir / "db", options, [](rocksdb::DB& db) {
            ASSERT_TRUE(
                db.DeleteRange({}, db.DefaultColumnFamily(), "a", "b").ok());
          });
      RewriteResult result;
      const auto status =
          rewrite_file(files.front(), dir / "new.sst", 3, &result);
      ASSERT_TRUE(status.ok()) << status.ToString();
      EXPECT_EQ(result.data.blocks, 0U);
      const std::string tombstones = range_tombstones(options, files.front());
      EXPECT_NE(tombstones.find("a : b"), std::string::npos) << tombstones;
      EXPECT_EQ(tombstones, range_tombstones(options, dir / "new.sst"));
    }
  }
}

TEST(RewriteTest, RewritesItsOwnOutput) {
  const TempDir dir;
  const auto options = table_options(small_blocks(7), rocksdb::kLZ4Compression);
  const auto files = make_sst_files(dir / "db", options, write_varied);
  RewriteResult result;
  ASSERT_TRUE(rewrite_file(files.front(), dir / "a.sst", 3, &result).ok());
  ASSERT_TRUE(rewrite_file(dir / "a.sst", dir / "b.sst", 19, &result).ok());
  expect_same_contents(options, files.front(), dir / "b.sst");
  EXPECT_LT(result.output_bytes, result.source_bytes);
}

std::string identity_of(const std::string& path) {
  std::unique_ptr<TableFile> file;
  TableLayout layout;
  EXPECT_TRUE(
      TableFile::open(*rocksdb::FileSystem::Default(), path, &file).ok());
  EXPECT_TRUE(read_layout(*file, 1 << 30, &layout).ok());
  const std::string* session =
      layout.properties.find(rocksdb::TablePropertiesNames::kDbSessionId);
  return session != nullptr ? *session : "";
}

// And the same identity and checksums, which are made from the contents: N
// machines that share the work write what one would.
TEST(RewriteTest, MakesTheSameBytesOnAnyNumberOfThreads) {
  for (const uint32_t format_version : {5, 7}) {
    const TempDir dir;
    const auto options =
        table_options(small_blocks(format_version), rocksdb::kZSTD);
    const auto files = make_sst_files(dir / "db", options, write_varied);
    std::vector<std::string> contents;
    for (const int threads : {1, 2, 7}) {
      CpuBlockEngine engine(Scheduler::shared(), 3);
      RewriteOptions rewriting;
      rewriting.threads = threads;
      rewriting.memory_bytes = 1 << 18;
      RewriteResult result;
      const std::string path = dir / (std::to_string(threads) + ".sst");
      ASSERT_TRUE(rewrite_sst(*rocksdb::FileSystem::Default(), files.front(),
                              path, engine, rewriting, &result)
                      .ok());
      std::ifstream file(path, std::ios::binary);
      contents.emplace_back(std::istreambuf_iterator<char>(file),
                            std::istreambuf_iterator<char>());
    }
    EXPECT_FALSE(contents[0].empty());
    EXPECT_TRUE(contents[0] == contents[1]);
    EXPECT_TRUE(contents[0] == contents[2]);
  }
}

// A block cache knows files by their identities.
TEST(RewriteTest, GivesEachFileAnIdentityOfItsOwn) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const auto files = make_sst_files(dir / "db", options, write_varied);
  RewriteResult result;
  std::set<std::string> identities = {identity_of(files.front())};
  for (const int level : {1, 3, 9}) {
    const std::string path = dir / (std::to_string(level) + ".sst");
    ASSERT_TRUE(rewrite_file(files.front(), path, level, &result).ok());
    EXPECT_EQ(result.identity.session_id, identity_of(path));
    EXPECT_EQ(result.identity.session_id.size(), 20U);
    EXPECT_TRUE(identities.insert(result.identity.session_id).second);
    // Again: what it says it is made from is another file, so it is one too.
    ASSERT_TRUE(rewrite_file(path, path + "2", level, &result).ok());
    EXPECT_TRUE(identities.insert(result.identity.session_id).second);
  }
}

TEST(RewriteTest, CancelsAndLeavesNothing) {
  const TempDir dir;
  const auto options = table_options(small_blocks(6), rocksdb::kZSTD);
  const auto files = make_sst_files(dir / "db", options, write_varied);
  CpuBlockEngine engine(Scheduler::shared(), 3);
  for (const bool while_verifying : {false, true}) {
    RewriteOptions rewriting;
    rewriting.progress = [=](const RewriteProgress& progress) {
      return progress.verifying != while_verifying;
    };
    RewriteResult result;
    const rocksdb::Status status =
        rewrite_sst(*rocksdb::FileSystem::Default(), files.front(),
                    dir / "new.sst", engine, rewriting, &result);
    EXPECT_TRUE(status.IsAborted()) << status.ToString();
    EXPECT_FALSE(std::filesystem::exists(dir / "new.sst"));
    EXPECT_FALSE(std::filesystem::exists(dir / "new.sst.tmp"));
  }
}

}  // namespace
}  // namespace gpu_zstd::test
