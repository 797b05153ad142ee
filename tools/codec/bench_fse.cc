// bench_fse: FSE by itself at several sizes: speed both ways, ratio.
#include <gflags/gflags.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <exception>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "tools/codec/codec_benchmark.h"
#include "tools/codec/fse_engine.h"
#include "tools/codec/input.h"
#include "tools/process/interrupt.h"
#include "tools/process/output_file.h"

DEFINE_string(engine, "host",
              "engines, which take turns. gpu: the kernels, with data on the "
              "device; host: the same algorithm on the CPU");
DEFINE_string(sizes, "64000000", "symbols (bytes) to encode, 1 to 16000000000");
DEFINE_string(repeats, "5", "rounds");
DEFINE_string(threads, "0", "threads of host; 0: all there are");
DEFINE_string(json, "",
              "write all figures to this file; after an error those that there "
              "are");

namespace gpu_zstd::tools {
namespace {

// Value v comes with probability 0.1 * 0.9^v: 4.7 bits a symbol.
constexpr double kFallOff = 0.1;
constexpr size_t kGeneratedBytes = 16 << 20;

std::vector<uint8_t> skewed_bytes() {
  std::mt19937_64 random(1);
  std::geometric_distribution<int> value(kFallOff);
  std::vector<uint8_t> bytes(kGeneratedBytes);
  for (uint8_t& b : bytes) {
    b = static_cast<uint8_t>(std::min(value(random), 255));
  }
  return bytes;
}

// `content` again and again, cut at `n` bytes.
std::vector<uint8_t> symbols_of(const std::vector<uint8_t>& content,
                                uint64_t n) {
  std::vector<uint8_t> symbols(n);
  for (uint64_t at = 0; at < n; at += content.size()) {
    std::copy_n(content.begin(), std::min<uint64_t>(content.size(), n - at),
                symbols.begin() + static_cast<ptrdiff_t>(at));
  }
  return symbols;
}

// Bits a symbol that no coder of single symbols comes below.
double entropy(const std::vector<uint8_t>& symbols) {
  std::vector<double> counts(256, 0);
  for (const uint8_t symbol : symbols) ++counts[symbol];
  double bits = 0;
  for (const double count : counts) {
    const double share = count / static_cast<double>(symbols.size());
    if (count > 0) bits -= share * std::log2(share);
  }
  return bits;
}

struct FseResult {
  std::string engine;
  std::string measures;
  uint64_t symbols = 0;
  uint64_t code_bytes = 0;
  double bits = 0;
  Samples encode;
  Samples decode;

  double gigabytes_per_second(const Samples& samples) const {
    return static_cast<double>(symbols) / samples.median() / 1e9;
  }
  double ratio() const {
    return static_cast<double>(symbols) / static_cast<double>(code_bytes);
  }
};

std::vector<FseResult> measure(const std::vector<std::string>& engines,
                               unsigned threads, uint64_t repeats,
                               const std::vector<uint8_t>& symbols) {
  std::vector<std::unique_ptr<FseEngine>> contenders;
  std::vector<FseResult> results;
  for (const std::string& name : engines) {
    contenders.push_back(make_fse_engine(name, threads));
    contenders.back()->load(symbols);
    contenders.back()->encode();
    contenders.back()->decode();
    results.push_back({name,
                       contenders.back()->measures(),
                       symbols.size(),
                       contenders.back()->code_bytes(),
                       entropy(symbols),
                       {},
                       {}});
  }
  for (const FseResult& r : results) {
    if (r.code_bytes == results[0].code_bytes) continue;
    throw std::runtime_error("engines " + results[0].engine + " and " +
                             r.engine + " made code of different lengths of " +
                             std::to_string(r.symbols) + " symbols");
  }
  for (uint64_t round = 0; round < repeats; ++round) {
    for (size_t c = 0; c < contenders.size(); ++c) {
      results[c].encode.seconds.push_back(contenders[c]->encode());
      results[c].decode.seconds.push_back(contenders[c]->decode());
    }
  }
  return results;
}

void print(const FseResult& r) {
  std::printf("%12llu %-6s %8.4f %8.4f %10.3f %10.3f\n",
              static_cast<unsigned long long>(r.symbols), r.engine.c_str(),
              r.ratio(), 8 / r.bits, r.gigabytes_per_second(r.encode),
              r.gigabytes_per_second(r.decode));
  std::fflush(stdout);
}

nlohmann::ordered_json json_of(const FseResult& r) {
  return {{"engine", r.engine},
          {"measures", r.measures},
          {"symbols", r.symbols},
          {"code_bytes", r.code_bytes},
          {"ratio", r.ratio()},
          {"entropy_bits", r.bits},
          {"encode_gigabytes_per_second", r.gigabytes_per_second(r.encode)},
          {"decode_gigabytes_per_second", r.gigabytes_per_second(r.decode)},
          {"encode_seconds", r.encode.seconds},
          {"decode_seconds", r.decode.seconds}};
}

void run(const std::string& path, const std::string& command) {
  const auto engines = split_list(FLAGS_engine);
  const auto sizes = parse_numbers("sizes", FLAGS_sizes, 1, 16'000'000'000);
  const uint64_t repeats = parse_number("repeats", FLAGS_repeats, 1, 1000);
  auto threads =
      static_cast<unsigned>(parse_number("threads", FLAGS_threads, 0, 1024));
  if (threads == 0) threads = std::max(1u, std::thread::hardware_concurrency());
  const std::vector<uint8_t> content =
      path.empty() ? skewed_bytes() : read_input(path, 0);
  if (content.empty()) throw std::runtime_error(path + " is empty");
  if (!FLAGS_json.empty()) require_writable(FLAGS_json);
  nlohmann::ordered_json json{
      {"program", "bench_fse"},
      {"command", command},
      {"input", path.empty() ? "geometric distribution" : path}};
  const auto write_json = [&] {
    if (FLAGS_json.empty() || !json.contains("results")) return;
    write_output(FLAGS_json, json.dump(2) + "\n");
  };
  std::printf("%12s %-6s %8s %8s %10s %10s\n", "symbols", "engine", "ratio",
              "best", "enc GB/s", "dec GB/s");
  try {
    for (const uint64_t size : sizes) {
      for (const FseResult& r :
           measure(engines, threads, repeats, symbols_of(content, size))) {
        print(r);
        json["results"].push_back(json_of(r));
      }
    }
  } catch (const std::exception& e) {
    json["error"] = e.what();
    write_json();
    throw;
  }
  write_json();
}

}  // namespace
}  // namespace gpu_zstd::tools

int main(int argc, char** argv) {
  gflags::SetUsageMessage(
      "measures FSE alone; every result is decoded and compared. Without a "
      "FILE the symbols are of a geometric distribution; 'best' is the ratio "
      "by their entropy\n\n"
      "  bench_fse --engine=gpu --sizes=64000000,512000000,1000000000 [FILE]");
  const std::string command = gpu_zstd::tools::command_line(argc, argv);
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  gpu_zstd::end_on_signals();
  try {
    if (argc > 2) throw std::runtime_error("expected one file at most");
    gpu_zstd::tools::run(argc == 2 ? argv[1] : "", command);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_fse: %s\n", e.what());
    return 1;
  }
  return 0;
}
