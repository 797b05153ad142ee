#include "tests/rocksdb_glue/sst/sst_files.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>

#include "rocksdb/filter_policy.h"
#include "rocksdb/merge_operator.h"
#include "rocksdb/slice_transform.h"
#include "rocksdb/sst_dump_tool.h"
#include "rocksdb/sst_file_reader.h"
#include "rocksdb/utilities/types_util.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {
namespace {

constexpr int kKeys = 2000;

std::string key_of(int i) {
  std::array<char, 16> key;
  std::snprintf(key.data(), key.size(), "key%07d", i);
  return key.data();
}

// A mix of values that compress and values that do not.
std::string value_of(int i) {
  static const std::string text = text_like(1 << 15, 7);
  static const std::string noise = random_bytes(1 << 15, 8);
  const size_t begin = static_cast<size_t>(i) * 131 % 32000;
  return (i / 100 % 5 == 4 ? noise : text).substr(begin, 20 + i % 90);
}

// Concatenates with a comma.
class CommaMerge final : public rocksdb::AssociativeMergeOperator {
 public:
  bool Merge(const rocksdb::Slice&, const rocksdb::Slice* existing,
             const rocksdb::Slice& value, std::string* result,
             rocksdb::Logger*) const override {
    *result = existing != nullptr ? existing->ToString() + "," : "";
    *result += value.ToString();
    return true;
  }
  const char* Name() const override { return "CommaMerge"; }
};

}  // namespace

rocksdb::BlockBasedTableOptions small_blocks(uint32_t format_version) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = format_version;
  table.block_size = 1024;
  table.metadata_block_size = 512;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  return table;
}

rocksdb::Options table_options(const rocksdb::BlockBasedTableOptions& table,
                               rocksdb::CompressionType type) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.disable_auto_compactions = true;
  options.compression = type;
  options.merge_operator = std::make_shared<CommaMerge>();
  options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(8));
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

void write_varied(rocksdb::DB& db) {
  const rocksdb::WriteOptions write;
  for (int i = 0; i < kKeys; ++i) {
    ASSERT_TRUE(db.Put(write, key_of(i), value_of(i)).ok());
  }
  const rocksdb::Snapshot* snapshot = db.GetSnapshot();
  for (int i = 0; i < kKeys; i += 3) {
    ASSERT_TRUE(db.Put(write, key_of(i), value_of(i + 50)).ok());
  }
  for (int i = 0; i < kKeys; i += 7) {
    ASSERT_TRUE(db.Delete(write, key_of(i)).ok());
  }
  for (int i = 1; i < kKeys; i += 11) {
    ASSERT_TRUE(db.Merge(write, key_of(i), "merged").ok());
  }
  ASSERT_TRUE(db.Put(write, "single", "once").ok());
  ASSERT_TRUE(db.SingleDelete(write, "single2").ok());
  ASSERT_TRUE(db.PutEntity(write, db.DefaultColumnFamily(), "wide",
                           {{"a", "1"}, {"b", "2"}})
                  .ok());
  ASSERT_TRUE(
      db.DeleteRange(write, db.DefaultColumnFamily(), key_of(500), key_of(540))
          .ok());
  ASSERT_TRUE(db.DeleteRange(write, db.DefaultColumnFamily(), "x", "z").ok());
  ASSERT_TRUE(db.Flush({}).ok());
  db.ReleaseSnapshot(snapshot);
}

std::vector<std::string> make_sst_files(
    const std::string& directory, rocksdb::Options options,
    const std::function<void(rocksdb::DB&)>& write) {
  std::unique_ptr<rocksdb::DB> db;
  const rocksdb::Status status = rocksdb::DB::Open(options, directory, &db);
  EXPECT_TRUE(status.ok()) << status.ToString();
  if (!status.ok()) {
    return {};
  }
  write(*db);
  EXPECT_TRUE(db->Flush({}).ok());
  std::vector<rocksdb::LiveFileMetaData> files;
  db->GetLiveFilesMetaData(&files);
  std::vector<std::string> paths;
  for (const rocksdb::LiveFileMetaData& file : files) {
    paths.push_back(directory + "/" + file.relative_filename);
  }
  EXPECT_TRUE(db->Close().ok());
  std::sort(paths.begin(), paths.end());
  return paths;
}

Entries read_entries(const rocksdb::Options& options, const std::string& path) {
  rocksdb::SstFileReader reader(options);
  rocksdb::Status status = reader.Open(path);
  if (status.ok()) {
    status = reader.VerifyChecksum();
  }
  Entries entries;
  if (status.ok()) {
    const auto it = reader.NewTableIterator();
    for (it->SeekToFirst(); it->Valid(); it->Next()) {
      entries.emplace_back(it->key().ToString(), it->value().ToString());
    }
    status = it->status();
  }
  if (!status.ok()) {
    return {{"error", status.ToString()}};
  }
  return entries;
}

std::string range_tombstones(const rocksdb::Options& options,
                             const std::string& path) {
  const std::string file = "--file=" + path;
  const char* arguments[] = {"sst_dump", file.c_str(), "--command=raw"};
  testing::internal::CaptureStdout();
  const int exit_code = rocksdb::SSTDumpTool().Run(3, arguments, options);
  const std::string spoken = testing::internal::GetCapturedStdout();
  const std::string dump_path =
      std::filesystem::path(path).replace_extension().string() + "_dump.txt";
  std::ifstream dump(dump_path);
  std::string text{std::istreambuf_iterator<char>(dump), {}};
  const size_t begin = text.find("Range deletions:");
  const size_t end = text.find("Data Block #", begin);
  return exit_code != 0 || begin == std::string::npos
             ? spoken
             : text.substr(begin, end - begin);
}

void expect_same_contents(const rocksdb::Options& options,
                          const std::string& source,
                          const std::string& output) {
  const Entries expected = read_entries(options, source);
  EXPECT_TRUE(expected == read_entries(options, output));
  EXPECT_GT(expected.size(), 1U);
  rocksdb::SstFileReader readers[] = {rocksdb::SstFileReader(options),
                                      rocksdb::SstFileReader(options)};
  ASSERT_TRUE(readers[0].Open(source).ok());
  const rocksdb::Status status = readers[1].Open(output);
  ASSERT_TRUE(status.ok()) << status.ToString();
  EXPECT_TRUE(readers[1].VerifyNumEntries({}).ok());
  for (const bool total_order : {true, false}) {
    rocksdb::ReadOptions read;
    read.total_order_seek = total_order;
    const std::unique_ptr<rocksdb::Iterator> a(readers[0].NewIterator(read));
    const std::unique_ptr<rocksdb::Iterator> b(readers[1].NewIterator(read));
    for (int i = 0; i < kKeys + 50; i += 17) {
      const std::string key = key_of(i) + (i % 2 == 0 ? "" : "x");
      a->Seek(key);
      b->Seek(key);
      ASSERT_EQ(a->Valid(), b->Valid()) << key;
      if (a->Valid()) {
        ASSERT_EQ(a->key(), b->key());
        ASSERT_EQ(a->value(), b->value());
      }
      std::string values[2];
      ASSERT_EQ(readers[0].Get({}, key, &values[0]).code(),
                readers[1].Get({}, key, &values[1]).code())
          << key;
      ASSERT_EQ(values[0], values[1]);
    }
  }
}

rocksdb::Status rewrite_file(const std::string& source,
                             const std::string& output, int level,
                             RewriteResult* result) {
  CpuBlockEngine engine(Scheduler::shared(), level);
  RewriteOptions options;
  options.threads = 2;
  return rewrite_sst(*rocksdb::FileSystem::Default(), source, output, engine,
                     options, result);
}

}  // namespace gpu_zstd::test
