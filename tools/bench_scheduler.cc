// bench_scheduler: blocks of a file through the scheduler, with no RocksDB in
// it: N threads that each wait for their block, against libzstd on the same
// threads in the same run. Every frame of the last round of each cell is
// decoded and compared before its figures are printed.

#include <gflags/gflags.h>
#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "scheduler/scheduler.h"
#include "scheduler/sim_device.h"
#include "scheduler/visible_devices.h"

DEFINE_string(callers, "1,16,64", "Threads that compress at once");
DEFINE_string(levels, "1,3,9,19", "zstd levels");
DEFINE_string(block_sizes, "16384", "Bytes of a block");
DEFINE_double(seconds, 0.7, "Time for each engine in each cell");
DEFINE_string(device, "cuda", "'cuda', or 'sim' for the simulated device");
DEFINE_uint32(sim_latency_us, 0,
              "Time of a batch on the simulated device, whose frames are then "
              "raw blocks; 0 for the host model at its own speed");
DEFINE_string(mode, "gpu_only", "offload, throughput or gpu_only");
DEFINE_int32(verify_one_in, 0, "Verify one frame in so many, 0 for none");
DEFINE_string(
    devices, "all",
    "Ordinals of the GPUs, such as 0,2; with 'sim', how many of them");
DEFINE_int32(max_lanes, 16, "Lanes of each device");
DEFINE_int32(deadline_ms, 250, "Deadline of a batch");
DEFINE_string(json, "", "Write the figures to this file");

namespace gpu_zstd {
namespace {

struct Cell {
  int callers;
  int level;
  size_t block_bytes;
};

struct Figures {
  double gigabytes_per_second = 0;
  double p50_us = 0;
  double p99_us = 0;
  double cpu_ns_per_byte = 0;
  double ratio = 0;
  double gpu_share = 0;       // of the blocks
  double blocks_a_batch = 0;  // 0 without batches
  double round_trip_p50_us = 0;
  double queue_wait_p50_us = 0;
  uint64_t wrong = 0;  // frames that do not decode to their block
};

std::vector<int> numbers(const std::string& text) {
  std::vector<int> result;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    result.push_back(std::stoi(text.substr(begin, end - begin)));
    begin = end + 1;
  }
  return result;
}

std::string read_input(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

double seconds_now() {
  return std::chrono::duration<double>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

double process_cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// What one thread did.
struct Work {
  uint64_t bytes = 0;
  uint64_t frame_bytes = 0;
  uint64_t wrong = 0;
  std::vector<float> times_us;
};

void compress_until(Scheduler& scheduler, const std::string& input,
                    const Cell& cell, Mode mode, size_t first,
                    const std::atomic<bool>& stop, Work* work) {
  Scheduler::Session session(scheduler);
  ZstdContext judge;
  std::string output(cell.block_bytes + 64, '\0');
  const size_t blocks = input.size() / cell.block_bytes;
  CompressRequest request;
  request.output = output;
  request.level = cell.level;
  request.mode = mode;
  request.verify_one_in = static_cast<uint32_t>(FLAGS_verify_one_in);
  CompressResult result;
  for (size_t i = first; !stop.load(std::memory_order_relaxed); ++i) {
    request.input = {input.data() + i % blocks * cell.block_bytes,
                     cell.block_bytes};
    const double begin = seconds_now();
    result = scheduler.compress(request, &session);
    work->times_us.push_back(static_cast<float>((seconds_now() - begin) * 1e6));
    work->bytes += cell.block_bytes;
    work->frame_bytes += result.frame_bytes;
  }
  if (work->bytes == 0) return;  // came too late to do anything
  const std::span<const char> frame{output.data(), result.frame_bytes};
  work->wrong +=
      judge.check(frame, request.input).finding != FrameCheck::kRight;
}

Figures summarize(std::vector<Work>& works, double seconds, double cpu) {
  Figures figures;
  uint64_t bytes = 0;
  uint64_t frame_bytes = 0;
  std::vector<float> times;
  for (Work& work : works) {
    bytes += work.bytes;
    frame_bytes += work.frame_bytes;
    figures.wrong += work.wrong;
    times.insert(times.end(), work.times_us.begin(), work.times_us.end());
  }
  std::sort(times.begin(), times.end());
  figures.gigabytes_per_second = static_cast<double>(bytes) / seconds / 1e9;
  figures.p50_us = times[times.size() / 2];
  figures.p99_us = times[times.size() * 99 / 100];
  figures.cpu_ns_per_byte = cpu * 1e9 / static_cast<double>(bytes);
  figures.ratio = static_cast<double>(bytes) / static_cast<double>(frame_bytes);
  return figures;
}

double difference_mean(const TimeHistogram& after,
                       const TimeHistogram& before) {
  const uint64_t count = after.count - before.count;
  return count == 0 ? 0
                    : static_cast<double>(after.sum_ns - before.sum_ns) /
                          static_cast<double>(count);
}

TimeHistogram difference(TimeHistogram after, const TimeHistogram& before) {
  for (size_t i = 0; i < TimeHistogram::kBuckets; ++i) {
    after.buckets[i] -= before.buckets[i];
  }
  after.count -= before.count;
  return after;
}

Figures measure(Scheduler& scheduler, const std::string& input,
                const Cell& cell, Mode mode) {
  std::vector<Work> works(static_cast<size_t>(cell.callers));
  std::vector<std::thread> threads;
  std::atomic<bool> stop{false};
  const CounterSnapshot before = scheduler.snapshot();
  const double begin_cpu = process_cpu_seconds();
  const double begin = seconds_now();
  for (size_t t = 0; t < works.size(); ++t) {
    threads.emplace_back([&, t] {
      compress_until(scheduler, input, cell, mode, t * 7919, stop, &works[t]);
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(FLAGS_seconds));
  stop = true;
  for (auto& thread : threads) thread.join();
  const double seconds = seconds_now() - begin;
  Figures figures =
      summarize(works, seconds, process_cpu_seconds() - begin_cpu);
  const CounterSnapshot after = scheduler.snapshot();
  const auto gpu = static_cast<double>(after.blocks_by(Engine::kGpu) -
                                       before.blocks_by(Engine::kGpu));
  const auto cpu = static_cast<double>(after.blocks_by(Engine::kCpu) -
                                       before.blocks_by(Engine::kCpu));
  figures.gpu_share = gpu / std::max(gpu + cpu, 1.0);
  figures.blocks_a_batch =
      difference_mean(after.batch_blocks, before.batch_blocks);
  const auto p50_us = [](const TimeHistogram& a, const TimeHistogram& b) {
    return a.count == b.count
               ? 0.0
               : static_cast<double>(difference(a, b).percentile_ns(50)) / 1e3;
  };
  figures.round_trip_p50_us = p50_us(after.round_trips, before.round_trips);
  figures.queue_wait_p50_us = p50_us(after.queue_waits, before.queue_waits);
  return figures;
}

nlohmann::json to_json(const Cell& cell, const char* engine, const Figures& f) {
  return {{"engine", engine},
          {"callers", cell.callers},
          {"level", cell.level},
          {"block_bytes", cell.block_bytes},
          {"gigabytes_per_second", f.gigabytes_per_second},
          {"p50_us", f.p50_us},
          {"p99_us", f.p99_us},
          {"cpu_ns_per_byte", f.cpu_ns_per_byte},
          {"ratio", f.ratio},
          {"gpu_share", f.gpu_share},
          {"blocks_a_batch", f.blocks_a_batch},
          {"round_trip_p50_us", f.round_trip_p50_us},
          {"queue_wait_p50_us", f.queue_wait_p50_us},
          {"wrong", f.wrong}};
}

void print_row(const Cell& cell, const char* engine, const Figures& f) {
  std::printf(
      "%5d %6zu %7d %-7s %8.3f %9.1f %9.1f %8.2f %7.3f %5.2f %6.1f %8.1f %8.1f "
      "%5llu\n",
      cell.level, cell.block_bytes, cell.callers, engine,
      f.gigabytes_per_second, f.p50_us, f.p99_us, f.cpu_ns_per_byte, f.ratio,
      f.gpu_share, f.blocks_a_batch, f.round_trip_p50_us, f.queue_wait_p50_us,
      static_cast<unsigned long long>(f.wrong));
  std::fflush(stdout);
}

Mode mode_of(const std::string& name) {
  return name == "offload"      ? Mode::kOffload
         : name == "throughput" ? Mode::kThroughput
                                : Mode::kGpuOnly;
}

Devices devices() {
  const std::vector<int> chosen =
      FLAGS_devices == "all" ? std::vector<int>{} : numbers(FLAGS_devices);
  if (FLAGS_device != "sim") return visible_devices(chosen);
  Devices simulated;
  for (int i = 0; i < (chosen.empty() ? 1 : chosen.front()); ++i) {
    auto script = std::make_shared<SimScript>();
    script->stores = FLAGS_sim_latency_us > 0;
    script->latency_ns = uint64_t{FLAGS_sim_latency_us} * 1000;
    simulated.push_back(
        make_sim_device(std::move(script), "sim " + std::to_string(i)));
  }
  return simulated;
}

// Waits until the devices are open; says how that went.
bool wait_for_devices(Scheduler& scheduler) {
  scheduler.start_devices();
  while (scheduler.device_state() == DeviceState::kStarting ||
         scheduler.devices_in(DeviceState::kStarting) > 0) {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  std::printf("%s\n", scheduler.engines().c_str());
  for (const std::string& line : scheduler.take_messages()) {
    std::printf("  %s\n", line.c_str());
  }
  return scheduler.device_state() == DeviceState::kReady;
}

int run(const std::string& input) {
  SchedulerOptions options;
  options.engine.max_lanes = static_cast<uint32_t>(FLAGS_max_lanes);
  options.engine.deadline_ns =
      static_cast<uint64_t>(FLAGS_deadline_ms) * 1'000'000;
  Scheduler scheduler(devices(), options);
  if (!wait_for_devices(scheduler)) {
    std::fprintf(stderr, "bench_scheduler: no device is ready\n");
    return 1;
  }
  std::printf(
      "level  block callers engine      GB/s    p50 us    p99 us CPU ns/B   "
      "ratio   gpu  batch  trip us  wait us wrong\n");
  nlohmann::json rows = nlohmann::json::array();
  uint64_t wrong = 0;
  for (const int level : numbers(FLAGS_levels)) {
    for (const int block : numbers(FLAGS_block_sizes)) {
      for (const int callers : numbers(FLAGS_callers)) {
        const Cell cell{callers, level, static_cast<size_t>(block)};
        const auto one = [&](const char* engine, Mode mode) {
          const Figures figures = measure(scheduler, input, cell, mode);
          print_row(cell, engine, figures);
          rows.push_back(to_json(cell, engine, figures));
          wrong += figures.wrong;
        };
        one("libzstd", Mode::kCpuOnly);
        one("gpu", mode_of(FLAGS_mode));
      }
    }
  }
  for (const std::string& line : scheduler.take_messages()) {
    std::printf("  %s\n", line.c_str());
  }
  std::printf("%s\n", scheduler.engines().c_str());
  if (!FLAGS_json.empty()) std::ofstream(FLAGS_json) << rows.dump(1) << '\n';
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gpu_zstd

int main(int argc, char** argv) {
  gflags::SetUsageMessage("bench_scheduler [FLAGS] FILE");
  gflags::ParseCommandLineFlags(&argc, &argv, /*remove_flags=*/true);
  if (argc != 2) {
    std::fprintf(stderr, "bench_scheduler: expected one file\n");
    return 2;
  }
  const std::string input = gpu_zstd::read_input(argv[1]);
  for (const int block : gpu_zstd::numbers(FLAGS_block_sizes)) {
    if (input.size() < static_cast<size_t>(block)) {
      std::fprintf(stderr, "bench_scheduler: %s is shorter than a block\n",
                   argv[1]);
      return 2;
    }
  }
  return gpu_zstd::run(input);
}
