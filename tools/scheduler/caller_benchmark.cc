#include "tools/scheduler/caller_benchmark.h"

#include <sys/resource.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

namespace gpu_zstd {
namespace {

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
                    const Cell& cell, size_t first,
                    const std::atomic<bool>& stop, Work* work) {
  Scheduler::Session session(scheduler);
  ZstdContext judge;
  std::string output(cell.block_bytes + 64, '\0');
  const size_t blocks = input.size() / cell.block_bytes;
  CompressRequest request;
  request.output = output;
  request.level = cell.level;
  request.mode = cell.mode;
  request.verify_one_in = cell.verify_one_in;
  CompressResult result;
  size_t i = first;
  do {  // at least one block, however late the thread came
    request.input = {input.data() + i % blocks * cell.block_bytes,
                     cell.block_bytes};
    const double begin = seconds_now();
    result = scheduler.compress(request, &session);
    work->times_us.push_back(static_cast<float>((seconds_now() - begin) * 1e6));
    work->bytes += cell.block_bytes;
    work->frame_bytes += result.frame_bytes;
    ++i;
  } while (!stop.load(std::memory_order_relaxed));
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

}  // namespace

Figures measure(Scheduler& scheduler, const std::string& input,
                const Cell& cell) {
  std::vector<Work> works(static_cast<size_t>(cell.callers));
  std::vector<std::thread> threads;
  std::atomic<bool> stop{false};
  const CounterSnapshot before = scheduler.snapshot();
  const double begin_cpu = process_cpu_seconds();
  const double begin = seconds_now();
  for (size_t t = 0; t < works.size(); ++t) {
    threads.emplace_back([&, t] {
      compress_until(scheduler, input, cell, t * 7919, stop, &works[t]);
    });
  }
  std::this_thread::sleep_for(std::chrono::duration<double>(cell.seconds));
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

}  // namespace gpu_zstd
