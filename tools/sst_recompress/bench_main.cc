// bench_recompress: what rewriting SST files costs beside the two things it is
// measured by: libzstd compressing the same blocks on the same number of
// threads and doing nothing else, and CompactRange() to the same level. The
// three take turns, so that what disturbs the machine disturbs all.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "cpu_fallback/zstd_cpu.h"
#include "rocksdb/db.h"
#include "rocksdb/utilities/checkpoint.h"
#include "rocksdb_glue/sst/block_batch.h"
#include "rocksdb_glue/sst/block_decompressor.h"
#include "rocksdb_glue/sst/file_threads.h"
#include "rocksdb_glue/sst/rewrite.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "tools/sst_recompress/bench_database.h"
#include "tools/sst_recompress/bench_flags.h"
#include "tools/sst_recompress/engine.h"
#include "tools/sst_recompress/flag_values.h"

namespace gpu_zstd {
namespace {

namespace fs = std::filesystem;

using recompress::compact_all;
using recompress::make_database;
using recompress::read_inputs;
using recompress::require;
using recompress::source_options;

double seconds_of(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

std::string text_of(double number, int digits) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.*f", digits, number);
  return text;
}

std::vector<std::string> sst_files(const std::string& path) {
  std::vector<std::string> files;
  for (const auto& entry : fs::directory_iterator(path)) {
    if (entry.path().extension() == ".sst") {
      files.push_back(entry.path().string());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

uint64_t total_size(const std::vector<std::string>& files) {
  uint64_t bytes = 0;
  for (const std::string& file : files) {
    bytes += fs::file_size(file);
  }
  return bytes;
}

std::vector<std::string> read_blocks(const std::vector<std::string>& files) {
  std::vector<std::string> blocks;
  for (const std::string& path : files) {
    std::unique_ptr<TableFile> file;
    TableLayout layout;
    require(TableFile::open(*rocksdb::FileSystem::Default(), path, &file));
    require(read_layout(*file, 1 << 30, &layout));
    std::unique_ptr<BlockDecompressor> decompressor;
    require(
        BlockDecompressor::create(layout.dictionary, 1 << 30, &decompressor));
    BlockDecompressor::Scratch scratch(*decompressor);
    BlockBatch batch;
    require(read_batch(*file, layout.data_blocks, &batch));
    for (const BlockBatch::Block& block : batch.blocks) {
      blocks.emplace_back();
      require(decompressor->decompress(block.type, block.payload, scratch,
                                       &blocks.back()));
    }
  }
  return blocks;
}

// libzstd alone, from memory to memory.
void compress_blocks(const std::vector<std::string>& blocks, int level) {
  size_t largest = 0;
  for (const std::string& block : blocks) {
    largest = std::max(largest, block.size());
  }
  std::atomic<size_t> next{0};
  std::atomic<bool> failed{false};
  const auto work = [&] {
    ZstdContext context;
    std::vector<char> output(largest);
    for (size_t i = next++; i < blocks.size(); i = next++) {
      const std::string& block = blocks[i];
      const CpuResult result =
          context.compress(block, std::span(output).first(block.size() * 7 / 8),
                           {.level = level});
      if (result.outcome == CpuOutcome::kFailed) {
        failed = true;
      }
    }
  };
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < FLAGS_threads; ++t) {
      threads.emplace_back(work);
    }
  }
  if (failed) {
    throw std::runtime_error("libzstd could not compress a block");
  }
}

void rewrite_files(const std::vector<std::string>& files,
                   const std::string& output, BlockEngine& engine) {
  fs::create_directory(output);
  const FileThreads limits =
      FileThreads::choose(FLAGS_threads, 0, files.size());
  RewriteOptions options;
  options.verify = recompress::to_verify_mode(FLAGS_verify);
  options.threads = FLAGS_threads;
  options.memory_bytes =
      (static_cast<uint64_t>(FLAGS_memory_mb) << 20) / limits.files_at_once;
  for_each_file(limits, files.size(), [&](size_t i) {
    RewriteResult result;
    const rocksdb::Status status =
        rewrite_sst(*rocksdb::FileSystem::Default(), files[i],
                    output + "/" + fs::path(files[i]).filename().string(),
                    engine, options, &result);
    if (!status.ok()) {
      std::fprintf(stderr, "%s\n", status.ToString().c_str());
      std::abort();
    }
  });
}

// Returns the seconds of the compaction alone.
double compact_copy(const std::string& source, const std::string& copy,
                    int level) {
  {
    std::unique_ptr<rocksdb::DB> db;
    require(rocksdb::DB::OpenForReadOnly(source_options(), source, &db));
    rocksdb::Checkpoint* raw = nullptr;
    require(rocksdb::Checkpoint::Create(db.get(), &raw));
    const std::unique_ptr<rocksdb::Checkpoint> checkpoint(raw);
    require(checkpoint->CreateCheckpoint(copy));
  }
  rocksdb::Options options = source_options();
  options.compression = rocksdb::kZSTD;
  options.compression_opts.level = level;
  options.bottommost_compression = rocksdb::kDisableCompressionOption;
  std::unique_ptr<rocksdb::DB> db;
  require(rocksdb::DB::Open(options, copy, &db));
  return seconds_of(
      [&] { require(db->CompactRange(compact_all(), nullptr, nullptr)); });
}

struct Series {
  std::vector<double> mb_per_s;
  uint64_t bytes = 0;  // of the files it made

  double median() {
    std::sort(mb_per_s.begin(), mb_per_s.end());
    return mb_per_s[mb_per_s.size() / 2];
  }
  std::string text() {
    const double middle = median();
    return text_of(middle, 1) + " [" + text_of(mb_per_s.front(), 1) + ".." +
           text_of(mb_per_s.back(), 1) + "]";
  }
};

void measure_level(int level, const std::vector<std::string>& files,
                   const std::vector<std::string>& blocks) {
  uint64_t raw = 0;
  for (const std::string& block : blocks) {
    raw += block.size();
  }
  const auto engine = recompress::make_engine(FLAGS_engine, level);
  const std::string output = FLAGS_dir + "/output";
  const std::string copy = FLAGS_dir + "/copy";
  Series zstd;
  Series rewrite;
  Series compact;
  const auto add = [&](Series& series, double seconds) {
    series.mb_per_s.push_back(static_cast<double>(raw) / 1e6 / seconds);
  };
  for (int round = 0; round < FLAGS_repeats; ++round) {
    add(zstd, seconds_of([&] { compress_blocks(blocks, level); }));
    add(rewrite, seconds_of([&] { rewrite_files(files, output, *engine); }));
    rewrite.bytes = total_size(sst_files(output));
    fs::remove_all(output);
    if (FLAGS_compact) {
      add(compact, compact_copy(FLAGS_dir + "/db", copy, level));
      compact.bytes = total_size(sst_files(copy));
      fs::remove_all(copy);
    }
  }
  std::printf("| %d | %s | %s | %.3f | %.3f |", level, zstd.text().c_str(),
              rewrite.text().c_str(), rewrite.median() / zstd.median(),
              static_cast<double>(raw) / static_cast<double>(rewrite.bytes));
  if (FLAGS_compact) {
    std::printf(" %s | %.2f | %.3f |", compact.text().c_str(),
                rewrite.median() / compact.median(),
                static_cast<double>(raw) / static_cast<double>(compact.bytes));
  }
  std::printf("\n");
  std::fflush(stdout);
}

void run(const std::vector<std::string>& paths) {
  const std::vector<int> levels = recompress::check_bench_flags();
  source_options();  // throws where --source is none
  const std::vector<std::string> inputs = read_inputs(paths);
  if (inputs.empty() || fs::exists(FLAGS_dir)) {
    throw std::runtime_error("give input files, and a --dir that is not there");
  }
  fs::create_directories(FLAGS_dir);
  make_database(FLAGS_dir + "/db", inputs);
  const std::vector<std::string> files = sst_files(FLAGS_dir + "/db");
  const std::vector<std::string> blocks = read_blocks(files);
  std::printf(
      "%zu files, %.1f MB, %zu blocks, source %s, engine %s, %d threads, "
      "verify "
      "%s; MB/s of uncompressed blocks, median [lowest..highest]\n",
      files.size(), static_cast<double>(total_size(files)) / 1e6, blocks.size(),
      FLAGS_source.c_str(),
      recompress::make_engine(FLAGS_engine, 3)->name().c_str(), FLAGS_threads,
      FLAGS_verify.c_str());
  std::printf(
      "| level | libzstd alone | rewrite | of libzstd | ratio |%s\n",
      FLAGS_compact ? " CompactRange | rewrite is times | ratio |" : "");
  for (const int level : levels) {
    measure_level(level, files, blocks);
  }
  fs::remove_all(FLAGS_dir);
}

}  // namespace
}  // namespace gpu_zstd

int main(int argc, char** argv) {
  gflags::ParseCommandLineFlags(&argc, &argv, /*remove_flags=*/true);
  try {
    gpu_zstd::run({argv + 1, argv + argc});
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_recompress: %s\n", error.what());
    return 1;
  }
}
