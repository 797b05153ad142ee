#include "tests/rocksdb_glue/test_db.h"

#include <gtest/gtest.h>

#include <array>
#include <cinttypes>
#include <cstdio>

#include "rocksdb/table.h"
#include "tests/support/program.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {
namespace {

std::string key_of(int i) {
  std::array<char, 24> key;
  std::snprintf(key.data(), key.size(), "key%012d", i);
  return key.data();
}

std::string value_of(int i) {
  static const std::string text = text_like(1 << 16, 99);
  const size_t begin = static_cast<size_t>(i) * 37 % (text.size() - 400);
  return text.substr(begin, 300 + static_cast<size_t>(i) % 100);
}

}  // namespace

rocksdb::Options small_db_options() {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.disable_auto_compactions = true;
  options.compression = rocksdb::kZSTD;
  return options;
}

void fill(rocksdb::DB& db, int first, int keys) {
  for (int i = first; i < first + keys; ++i) {
    ASSERT_TRUE(db.Put({}, key_of(i), value_of(i)).ok());
  }
}

// The hash of stock_reader.cc, over the same bytes.
std::string expected_scan(int keys) {
  uint64_t hash = 0xcbf29ce484222325ULL;
  const auto mix = [&hash](const std::string& bytes) {
    for (const char byte : bytes) {
      hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3ULL;
    }
    hash = (hash ^ 0xff) * 0x100000001b3ULL;
  };
  for (int i = 0; i < keys; ++i) {
    mix(key_of(i));
    mix(value_of(i));
  }
  std::array<char, 48> line;
  std::snprintf(line.data(), line.size(), "%d %016" PRIx64 "\n", keys, hash);
  return line.data();
}

std::string scan_with_stock_rocksdb(const std::string& db_path) {
  const ProgramResult result =
      run_command(std::string(STOCK_READER) + " '" + db_path + "'");
  return result.exit_status == 0
             ? result.out
             : result.out + "exit status " + std::to_string(result.exit_status);
}

std::vector<std::shared_ptr<const rocksdb::TableProperties>> table_properties(
    rocksdb::DB& db) {
  rocksdb::TablePropertiesCollection by_file;
  EXPECT_TRUE(db.GetPropertiesOfAllTables(&by_file).ok());
  std::vector<std::shared_ptr<const rocksdb::TableProperties>> files;
  for (const auto& [name, properties] : by_file) {
    files.push_back(properties);
  }
  return files;
}

bool written_by_plugin(const rocksdb::TableProperties& properties) {
  return properties.compression_options.find("_compression_manager=GpuZstd;") !=
         std::string::npos;
}

std::string read_info_log(const std::string& db_path) {
  return read_file(db_path + "/LOG");
}

}  // namespace gpu_zstd::test
