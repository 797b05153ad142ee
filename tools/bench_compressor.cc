// bench_compressor: the blocks of some files, one after the other on one
// thread, through RocksDB's own zstd Compressor and through GpuZstd's, in turn.
// What a database adds (merging, writing, other threads) is left out, and speed
// is by the thread's processor time, so that the difference between the two
// shows on a busy machine too.

#include <gflags/gflags.h>
#include <time.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "plugin/register.h"
#include "rocksdb/convenience.h"
#include "rocksdb/options.h"
#include "rocksdb_glue/compression_manager.h"
#include "tools/process/parse_flags.h"

DEFINE_string(levels, "1,3,9", "zstd levels, separated by commas");
DEFINE_string(block_sizes, "4096,16384,65536",
              "Block sizes in bytes, separated by commas");
DEFINE_int32(repeats, 15, "Pairs of runs for each level and block size");
DEFINE_string(compression_manager, "GpuZstd",
              "Manager that is compared with RocksDB's own, as options string");

namespace gpu_zstd {
namespace {

using rocksdb::Compressor;

// Processor time of this thread: what other programs take does not count.
double thread_seconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) +
         static_cast<double>(now.tv_nsec) / 1e9;
}

// One of the two compressors, as one RocksDB thread uses it.
struct Side {
  explicit Side(std::unique_ptr<Compressor> which)
      : compressor(std::move(which)), area(compressor->ObtainWorkingArea()) {}

  // 7/8 of the block is what RocksDB offers by default
  // (CompressionOptions::max_compressed_bytes_per_kb).
  void compress(rocksdb::Slice block, std::string& output) {
    size_t size = block.size() * 7 / 8;
    rocksdb::CompressionType type = rocksdb::kNoCompression;
    const double begin = thread_seconds();
    const rocksdb::Status status =
        compressor->CompressBlock(block, output.data(), &size, &type, &area);
    seconds += thread_seconds() - begin;
    bytes_out +=
        status.ok() && type != rocksdb::kNoCompression ? size : block.size();
  }

  std::unique_ptr<Compressor> compressor;
  Compressor::ManagedWorkingArea area;
  double seconds = 0;
  size_t bytes_out = 0;
};

// Each block goes through both before the next: what disturbs the machine
// disturbs both. Who comes first, and finds the block out of cache, alternates.
void compress_all(Side& a, Side& b, const std::string& input,
                  size_t block_bytes) {
  std::string output(block_bytes, '\0');
  a.seconds = b.seconds = 0;
  a.bytes_out = b.bytes_out = 0;
  for (size_t i = 0; (i + 1) * block_bytes <= input.size(); ++i) {
    const rocksdb::Slice block(input.data() + i * block_bytes, block_bytes);
    Side& first = i % 2 == 0 ? a : b;
    Side& second = i % 2 == 0 ? b : a;
    first.compress(block, output);
    second.compress(block, output);
  }
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

void compare(rocksdb::CompressionManager& manager, const std::string& input,
             size_t block_bytes, int level) {
  rocksdb::CompressionOptions options;
  options.level = level;
  Side builtin(rocksdb::GetBuiltinV2CompressionManager()->GetCompressor(
      options, rocksdb::kZSTD));
  Side ours(manager.GetCompressor(options, rocksdb::kZSTD));
  const size_t raw = input.size() / block_bytes * block_bytes;
  std::vector<double> builtin_seconds;
  std::vector<double> our_seconds;
  std::vector<double> quotients;
  for (int repeat = 0; repeat < FLAGS_repeats; ++repeat) {
    compress_all(builtin, ours, input, block_bytes);
    builtin_seconds.push_back(builtin.seconds);
    our_seconds.push_back(ours.seconds);
    quotients.push_back(builtin.seconds / ours.seconds);
  }
  const auto [low, high] =
      std::minmax_element(quotients.begin(), quotients.end());
  const double megabytes = static_cast<double>(raw) / 1e6;
  std::printf("%5d %6zu %9.1f %9.1f %8.4f [%.4f..%.4f] %8.3f %8.3f\n", level,
              block_bytes, megabytes / median(builtin_seconds),
              megabytes / median(our_seconds), median(quotients), *low, *high,
              static_cast<double>(raw) / static_cast<double>(builtin.bytes_out),
              static_cast<double>(raw) / static_cast<double>(ours.bytes_out));
  std::fflush(stdout);
}

std::vector<int> numbers(const std::string& name, const std::string& text,
                         int lowest, int highest) {
  std::vector<int> values;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    const std::string word = text.substr(begin, end - begin);
    char* rest = nullptr;
    const long value = std::strtol(word.c_str(), &rest, 10);
    if (word.empty() || *rest != '\0' || value < lowest || value > highest) {
      std::fprintf(stderr,
                   "bench_compressor: --%s: '%s' is not a number from %d to "
                   "%d\n",
                   name.c_str(), word.c_str(), lowest, highest);
      std::exit(2);
    }
    values.push_back(static_cast<int>(value));
    begin = end + 1;
  }
  return values;
}

std::string read_files(int count, char** paths) {
  std::string bytes;
  for (int i = 0; i < count; ++i) {
    std::ifstream file(paths[i], std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file || content.empty()) {
      std::fprintf(stderr, "bench_compressor: %s: cannot be read, or empty\n",
                   paths[i]);
      std::exit(1);
    }
    bytes += content;
  }
  return bytes;
}

int bench_compressor(int argc, char** argv) {
  const auto levels = numbers("levels", FLAGS_levels, 1, 22);
  const auto blocks = numbers("block_sizes", FLAGS_block_sizes, 64, 1 << 24);
  if (argc < 2 || FLAGS_repeats < 1) {
    std::fprintf(stderr, "bench_compressor: %s; see --help\n",
                 argc < 2 ? "no input file" : "--repeats must be 1 or more");
    return 2;
  }
  register_with_rocksdb();
  rocksdb::ConfigOptions config;
  config.ignore_unsupported_options = false;
  std::shared_ptr<rocksdb::CompressionManager> manager;
  const rocksdb::Status status = rocksdb::CompressionManager::CreateFromString(
      config, FLAGS_compression_manager, &manager);
  if (!status.ok() || manager == nullptr) {
    std::fprintf(stderr, "bench_compressor: --compression_manager=%s: %s\n",
                 FLAGS_compression_manager.c_str(), status.ToString().c_str());
    return 2;
  }
  const std::string input = read_files(argc - 1, argv + 1);
  std::printf(
      "            builtin      ours  quotient of speeds         ratio\n"
      "level  block      MB/s      MB/s  median [min..max]   builtin     "
      "ours\n");
  for (const int block : blocks) {
    for (const int level : levels) {
      if (static_cast<size_t>(block) <= input.size()) {
        compare(*manager, input, static_cast<size_t>(block), level);
      }
    }
  }
  return 0;
}

}  // namespace
}  // namespace gpu_zstd

int main(int argc, char** argv) {
  gflags::SetUsageMessage(
      "bench_compressor [flags] FILE…\n\nCompresses the blocks of the files "
      "with RocksDB's own zstd and with GpuZstd in turn, on one thread.\n"
      "  bench_compressor --levels=3 --block_sizes=16384 /bin/bash");
  gpu_zstd::parse_flags(&argc, &argv);
  gflags::HandleCommandLineHelpFlags();
  return gpu_zstd::bench_compressor(argc, argv);
}
