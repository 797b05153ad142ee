#include "tools/sst_recompress/bench_database.h"

#include <cstdio>
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "rocksdb/convenience.h"
#include "rocksdb/db.h"
#include "rocksdb/table.h"
#include "tools/sst_recompress/bench_flags.h"

namespace gpu_zstd::recompress {
namespace {

std::string read_input(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream bytes;
  bytes << file.rdbuf();
  if (!file.is_open() || !bytes) {
    throw std::runtime_error(path + ": cannot be read, or is empty");
  }
  return bytes.str();
}

void put_values(rocksdb::DB& db, const std::string& input, int* number) {
  rocksdb::WriteOptions no_log;
  no_log.disableWAL = true;
  const auto value_bytes = static_cast<size_t>(FLAGS_value_size);
  for (size_t at = 0; at < input.size(); at += value_bytes) {
    char key[24];
    std::snprintf(key, sizeof(key), "key%012d", (*number)++);
    require(db.Put(no_log, key, input.substr(at, value_bytes)));
  }
}

}  // namespace

void require(const rocksdb::Status& status) {
  if (!status.ok()) {
    throw std::runtime_error(status.ToString());
  }
}

rocksdb::Options source_options() {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = static_cast<size_t>(FLAGS_block_size);
  rocksdb::Options options;
  options.create_if_missing = true;
  options.disable_auto_compactions = true;
  options.write_buffer_size = 64 << 20;
  options.target_file_size_base = 32 << 20;
  options.max_background_jobs = FLAGS_threads;
  options.max_subcompactions = static_cast<uint32_t>(FLAGS_threads);
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  require(rocksdb::GetColumnFamilyOptionsFromString(
      rocksdb::ConfigOptions(), options, "compression=" + FLAGS_source,
      &options));
  return options;
}

rocksdb::CompactRangeOptions compact_all() {
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForce;
  options.max_subcompactions = static_cast<uint32_t>(FLAGS_threads);
  return options;
}

std::vector<std::string> read_inputs(const std::vector<std::string>& paths) {
  std::vector<std::string> inputs;
  for (const std::string& path : paths) {
    inputs.push_back(read_input(path));
  }
  return inputs;
}

void make_database(const std::string& path,
                   const std::vector<std::string>& inputs) {
  std::unique_ptr<rocksdb::DB> db;
  require(rocksdb::DB::Open(source_options(), path, &db));
  int number = 0;
  for (int copy = 0; copy < FLAGS_copies; ++copy) {
    for (const std::string& input : inputs) {
      put_values(*db, input, &number);
    }
  }
  require(db->Flush({}));
  require(db->CompactRange(compact_all(), nullptr, nullptr));
}

}  // namespace gpu_zstd::recompress
