// bench_scheduler: blocks of a file through the scheduler, with no RocksDB in
// it: N threads that each wait for their block, against libzstd on the same
// threads in the same run. Every frame of the last round of each cell is
// decoded and compared before its figures are printed.

#include <gflags/gflags.h>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

#include "scheduler/scheduler.h"
#include "scheduler/sim_device.h"
#include "scheduler/visible_devices.h"
#include "tools/process/interrupt.h"
#include "tools/process/output_file.h"
#include "tools/process/parse_flags.h"
#include "tools/scheduler/caller_benchmark.h"

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

// A flag that cannot be used; caught in main().
class UsageError : public std::runtime_error {
 public:
  UsageError(const std::string& flag, const std::string& value,
             const std::string& expected)
      : runtime_error("--" + flag + "=" + value + ": expected " + expected) {}
};

std::vector<int> numbers(const std::string& flag, const std::string& text,
                         int least, int most) {
  std::vector<int> result;
  const char* const end = text.data() + text.size();
  for (const char* at = text.data();; ++at) {
    int number = 0;
    const auto parsed = std::from_chars(at, end, number);
    at = parsed.ptr;
    if (parsed.ec != std::errc() || (at != end && *at != ',') ||
        number < least || number > most) {
      throw UsageError(flag, text,
                       "numbers from " + std::to_string(least) + " to " +
                           std::to_string(most) + ", separated by commas");
    }
    result.push_back(number);
    if (at == end) return result;
  }
}

// What the flags ask for, checked.
struct Plan {
  std::vector<int> levels;
  std::vector<int> block_sizes;
  std::vector<int> callers;
  std::vector<int> devices;  // empty: all
  Mode mode;
};

std::string read_input(const char* path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
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
  if (name == "offload") return Mode::kOffload;
  if (name == "throughput") return Mode::kThroughput;
  if (name == "gpu_only") return Mode::kGpuOnly;
  throw UsageError("mode", name, "offload, throughput or gpu_only");
}

Plan checked_plan() {
  constexpr int kMany = 1 << 30;
  Plan plan{.levels = numbers("levels", FLAGS_levels, Scheduler::min_level(),
                              Scheduler::max_level()),
            .block_sizes = numbers("block_sizes", FLAGS_block_sizes, 1, kMany),
            .callers = numbers("callers", FLAGS_callers, 1, 4096),
            .devices = {},
            .mode = mode_of(FLAGS_mode)};
  if (std::count(plan.levels.begin(), plan.levels.end(), 0) > 0) {
    throw UsageError("levels", FLAGS_levels, "no 0");
  }
  if (FLAGS_devices != "all") {
    plan.devices = numbers("devices", FLAGS_devices, 0, 64);
  }
  if (FLAGS_device != "cuda" && FLAGS_device != "sim") {
    throw UsageError("device", FLAGS_device, "cuda or sim");
  }
  numbers("verify_one_in", std::to_string(FLAGS_verify_one_in), 0, kMany);
  numbers("max_lanes", std::to_string(FLAGS_max_lanes), 1, 1024);
  numbers("deadline_ms", std::to_string(FLAGS_deadline_ms), 1, kMany);
  if (!(FLAGS_seconds > 0)) {
    throw UsageError("seconds", std::to_string(FLAGS_seconds), "more than 0");
  }
  return plan;
}

Devices devices(const std::vector<int>& chosen) {
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

int run(const std::string& input, const Plan& plan) {
  SchedulerOptions options;
  options.engine.max_lanes = static_cast<uint32_t>(FLAGS_max_lanes);
  options.engine.deadline_ns =
      static_cast<uint64_t>(FLAGS_deadline_ms) * 1'000'000;
  Scheduler scheduler(devices(plan.devices), options);
  if (!wait_for_devices(scheduler)) {
    std::fprintf(stderr, "bench_scheduler: no device is ready\n");
    return 1;
  }
  std::printf(
      "level  block callers engine      GB/s    p50 us    p99 us CPU ns/B   "
      "ratio   gpu  batch  trip us  wait us wrong\n");
  nlohmann::json rows = nlohmann::json::array();
  uint64_t wrong = 0;
  for (const int level : plan.levels) {
    for (const int block : plan.block_sizes) {
      for (const int callers : plan.callers) {
        const auto one = [&](const char* engine, Mode mode) {
          const Cell cell{
              .callers = callers,
              .level = level,
              .block_bytes = static_cast<size_t>(block),
              .mode = mode,
              .verify_one_in = static_cast<uint32_t>(FLAGS_verify_one_in),
              .seconds = FLAGS_seconds};
          const Figures figures = measure(scheduler, input, cell);
          print_row(cell, engine, figures);
          rows.push_back(to_json(cell, engine, figures));
          wrong += figures.wrong;
        };
        one("libzstd", Mode::kCpuOnly);
        one("gpu", plan.mode);
      }
    }
  }
  for (const std::string& line : scheduler.take_messages()) {
    std::printf("  %s\n", line.c_str());
  }
  std::printf("%s\n", scheduler.engines().c_str());
  if (!FLAGS_json.empty()) write_output(FLAGS_json, rows.dump(1) + "\n");
  return wrong == 0 ? 0 : 1;
}

}  // namespace
}  // namespace gpu_zstd

int main(int argc, char** argv) {
  gflags::SetUsageMessage("bench_scheduler [FLAGS] FILE");
  gpu_zstd::parse_flags(&argc, &argv);
  gflags::HandleCommandLineHelpFlags();
  gpu_zstd::end_on_signals();
  if (argc != 2) {
    std::fprintf(stderr, "bench_scheduler: expected one file\n");
    return 2;
  }
  try {
    const gpu_zstd::Plan plan = gpu_zstd::checked_plan();
    const std::string input = gpu_zstd::read_input(argv[1]);
    for (const int block : plan.block_sizes) {
      if (input.size() < static_cast<size_t>(block)) {
        std::fprintf(stderr, "bench_scheduler: %s is shorter than a block\n",
                     argv[1]);
        return 2;
      }
    }
    if (!FLAGS_json.empty()) gpu_zstd::require_writable(FLAGS_json);
    return gpu_zstd::run(input, plan);
  } catch (const gpu_zstd::UsageError& error) {
    std::fprintf(stderr, "bench_scheduler: %s\n", error.what());
    return 2;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "bench_scheduler: %s\n", error.what());
    return 1;
  }
}
