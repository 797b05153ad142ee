#include "tools/compare/runner.h"

#include <algorithm>
#include <filesystem>
#include <limits>
#include <memory>
#include <system_error>
#include <vector>

#include "rocksdb/db.h"
#include "rocksdb/table.h"
#include "rocksdb/write_batch.h"
#include "rocksdb_glue/statistics.h"
#include "tools/compare/error.h"
#include "tools/compare/variant.h"
#include "tools/compare/verify.h"
#include "tools/compare/workspace.h"

namespace gpu_zstd::compare {
namespace {

constexpr size_t kBatchRecords = 64;
// What a memtable needs for an entry besides key and value, roughly.
constexpr size_t kEntryBytes = 64;
// The share of a run's time that each phase has, roughly, for progress.
constexpr double kFlushShare = 0.55;
constexpr double kCompactionShare = 0.35;

void check(const rocksdb::Status& status, const RunSpec& spec,
           const char* what) {
  if (!status.ok()) {
    throw CompareError(describe(spec) + ": " + what + ": " + status.ToString());
  }
}

// RocksDB makes no subcompaction smaller than a file, so with several of them
// the files are small enough for each to get some.
uint64_t target_file_bytes(const RunSpec& spec, uint64_t raw_bytes) {
  constexpr uint64_t kDefault = 64 << 20;
  if (spec.cell.subcompactions == 1) {
    return kDefault;
  }
  return std::clamp<uint64_t>(raw_bytes / spec.cell.subcompactions / 8,
                              256 << 10, kDefault);
}

rocksdb::Options database_options(const RunSpec& spec, const Dataset& dataset,
                                  const CompareOptions& compare) {
  rocksdb::BlockBasedTableOptions table;
  table.block_size = spec.cell.block_size;
  table.no_block_cache = true;
  rocksdb::Options options;
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  options.create_if_missing = true;
  options.error_if_exists = true;
  options.write_buffer_size = 4 * compare.write_buffer_size + (16 << 20);
  options.disable_auto_compactions = true;
  options.level0_slowdown_writes_trigger = std::numeric_limits<int>::max();
  options.level0_stop_writes_trigger = std::numeric_limits<int>::max();
  options.soft_pending_compaction_bytes_limit = 0;
  options.hard_pending_compaction_bytes_limit = 0;
  options.target_file_size_base = target_file_bytes(spec, dataset.raw_bytes());
  options.stats_dump_period_sec = 0;
  options.stats_persist_period_sec = 0;
  check(set_compression(spec.variant, spec.cell, compare.gpu_zstd_options,
                        &options),
        spec, "options");
  return options;
}

// Inserts records from the `next`-th insertion on until they fill a write
// buffer. Returns the first insertion that was left.
size_t fill_memtable(rocksdb::DB* db, const Dataset& dataset, size_t next,
                     uint64_t buffer_bytes, const RunSpec& spec) {
  rocksdb::WriteOptions write_options;
  write_options.disableWAL = true;
  uint64_t filled = 0;
  while (next < dataset.records() && filled < buffer_bytes) {
    rocksdb::WriteBatch batch;
    for (size_t i = 0;
         i < kBatchRecords && next < dataset.records() && filled < buffer_bytes;
         ++i, ++next) {
      const size_t n = dataset.inserted(next);
      const Key key = key_of(n);
      const std::string_view value = dataset.value(n);
      check(batch.Put({key.data(), key.size()}, {value.data(), value.size()}),
            spec, "fill");
      filled += kEntryBytes + kKeyBytes + value.size();
    }
    check(db->Write(write_options, &batch), spec, "fill");
  }
  return next;
}

void fill_and_flush(rocksdb::DB* db, const Dataset& dataset,
                    const CompareOptions& options,
                    const PhaseObserver& observer, RunResult* result) {
  uint64_t flushes = 0;
  for (size_t next = 0; next < dataset.records(); ++flushes) {
    next = fill_memtable(db, dataset, next, options.write_buffer_size,
                         result->spec);
    measure([&] { check(db->Flush({}), result->spec, "flush"); },
            &result->flush);
    observer("flush", kFlushShare * static_cast<double>(next) /
                          static_cast<double>(dataset.records()));
  }
  std::string files;
  db->GetProperty("rocksdb.num-files-at-level0", &files);
  if (files != std::to_string(flushes)) {
    throw CompareError(describe(result->spec) + ": RocksDB made " + files +
                       " files of " + std::to_string(flushes) +
                       " flushes; use a larger --write_buffer_size");
  }
}

void compact(rocksdb::DB* db, const PhaseObserver& observer,
             RunResult* result) {
  observer("compaction", kFlushShare);
  rocksdb::CompactRangeOptions options;
  // kForce would rewrite the files that this very call has just made.
  options.bottommost_level_compaction =
      rocksdb::BottommostLevelCompaction::kForceOptimized;
  options.max_subcompactions = result->spec.cell.subcompactions;
  measure(
      [&] {
        check(db->CompactRange(options, nullptr, nullptr), result->spec,
              "compaction");
      },
      &result->compaction);
}

uint64_t live_sst_bytes(rocksdb::DB* db, uint64_t* files) {
  std::vector<rocksdb::LiveFileMetaData> live;
  db->GetLiveFilesMetaData(&live);
  *files = live.size();
  uint64_t bytes = 0;
  for (const auto& file : live) {
    bytes += file.size;
  }
  return bytes;
}

EngineBlocks engine_blocks() {
  const CounterSnapshot now = statistics();
  const auto blocks = [&](Engine engine, Outcome outcome) {
    return now.outcome(engine, outcome).blocks;
  };
  return {blocks(Engine::kCpu, Outcome::kCompressed),
          blocks(Engine::kGpu, Outcome::kCompressed),
          blocks(Engine::kCpu, Outcome::kDoesNotFit) +
              blocks(Engine::kGpu, Outcome::kDoesNotFit),
          blocks(Engine::kCpu, Outcome::kEngineFailed) +
              blocks(Engine::kGpu, Outcome::kEngineFailed)};
}

EngineBlocks operator-(const EngineBlocks& a, const EngineBlocks& b) {
  return {a.cpu - b.cpu, a.gpu - b.gpu, a.does_not_fit - b.does_not_fit,
          a.failed - b.failed};
}

// Blocks that no engine compressed would make the plugin look fast.
void require_no_failure(const RunResult& result) {
  if (result.blocks.failed != 0) {
    throw CompareError(describe(result.spec) + ": no engine could compress " +
                       std::to_string(result.blocks.failed) + " of " +
                       "GpuZstd's blocks; RocksDB stored them as they were");
  }
}

void measure_database(const Dataset& dataset, const CompareOptions& options,
                      const std::string& path, const PhaseObserver& observer,
                      RunResult* result) {
  std::unique_ptr<rocksdb::DB> db;
  check(rocksdb::DB::Open(database_options(result->spec, dataset, options),
                          path, &db),
        result->spec, "open");
  const EngineBlocks before = engine_blocks();
  fill_and_flush(db.get(), dataset, options, observer, result);
  result->flushed_sst_bytes = live_sst_bytes(db.get(), &result->sst_files);
  compact(db.get(), observer, result);
  result->sst_bytes = live_sst_bytes(db.get(), &result->sst_files);
  result->blocks = engine_blocks() - before;
  require_no_failure(*result);
  check(db->Close(), result->spec, "close");
}

}  // namespace

RunResult run_once(const RunSpec& spec, const Dataset& dataset,
                   const CompareOptions& options, const std::string& directory,
                   const PhaseObserver& observer) {
  RunResult result;
  result.spec = spec;
  result.raw_bytes = dataset.raw_bytes();
  const std::string path = directory + kDatabase;
  observer("flush", 0);
  measure_database(dataset, options, path, observer, &result);
  observer("read back", kFlushShare + kCompactionShare);
  try {
    result.verified_keys = verify_database(path, dataset, spec.variant);
  } catch (const CompareError& error) {
    throw CompareError(describe(spec) + ": " + error.what());
  }
  std::error_code error;
  std::filesystem::remove_all(path, error);
  if (error) {
    throw CompareError(path + ": cannot be removed: " + error.message());
  }
  return result;
}

}  // namespace gpu_zstd::compare
