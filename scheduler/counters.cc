#include "scheduler/counters.h"

#include <sched.h>

#include <algorithm>
#include <bit>
#include <cmath>

namespace gpu_zstd {
namespace {

uint64_t read(const std::atomic<uint64_t>& cell) {
  return cell.load(std::memory_order_relaxed);
}

}  // namespace

// The bucket's number is the position of the highest bit and the two below it.
size_t TimeHistogram::bucket_of(uint64_t ns) {
  if (ns < 4) {
    return static_cast<size_t>(ns);
  }
  const auto high = static_cast<size_t>(std::bit_width(ns)) - 1;
  const size_t bucket = 4 * (high - 1) + ((ns >> (high - 2)) & 3);
  return std::min(bucket, kBuckets - 1);
}

uint64_t TimeHistogram::upper_bound_ns(size_t bucket) {
  if (bucket < 4) {
    return bucket;
  }
  const size_t high = bucket / 4 + 1;
  const uint64_t step = uint64_t{1} << (high - 2);
  return (uint64_t{1} << high) + (bucket % 4 + 1) * step - 1;
}

uint64_t TimeHistogram::percentile_ns(double percent) const {
  const auto wanted = static_cast<uint64_t>(
      std::ceil(static_cast<double>(count) * percent / 100.0));
  uint64_t seen = 0;
  for (size_t bucket = 0; bucket < kBuckets && count > 0; ++bucket) {
    seen += buckets[bucket];
    if (seen >= wanted && seen > 0) {
      return std::min(upper_bound_ns(bucket), max_ns);
    }
  }
  return max_ns;
}

uint64_t CounterSnapshot::blocks_by(Engine engine) const {
  uint64_t blocks = 0;
  for (const Tally& tally : routes[static_cast<size_t>(engine)]) {
    blocks += tally.blocks;
  }
  return blocks;
}

Counters::Shard& Counters::shard() noexcept {
  const int processor = sched_getcpu();  // -1 where that is not known
  return shards_[static_cast<size_t>(std::max(processor, 0)) % kShards];
}

void Counters::record(const CountedCall& call) noexcept {
  Shard& mine = shard();
  const auto engine = static_cast<size_t>(call.engine);
  mine.routes[engine][static_cast<size_t>(call.reason)].add(call.input_bytes);
  mine.outcomes[engine][static_cast<size_t>(call.outcome)].add(
      call.input_bytes);
  mine.frame_bytes[engine].fetch_add(call.frame_bytes,
                                     std::memory_order_relaxed);
  mine.times[engine].add(call.elapsed_ns);
}

void Counters::AtomicHistogram::add(uint64_t ns) noexcept {
  buckets[TimeHistogram::bucket_of(ns)].fetch_add(1, std::memory_order_relaxed);
  sum_ns.fetch_add(ns, std::memory_order_relaxed);
  uint64_t seen = read(max_ns);
  while (seen < ns &&
         !max_ns.compare_exchange_weak(seen, ns, std::memory_order_relaxed)) {
  }
}

void Counters::record_event(Event what) noexcept {
  shard().events[static_cast<size_t>(what)].fetch_add(
      1, std::memory_order_relaxed);
}

void Counters::record_batch(uint32_t blocks, uint64_t wait_ns) noexcept {
  Shard& mine = shard();
  mine.events[static_cast<size_t>(Event::kBatch)].fetch_add(
      1, std::memory_order_relaxed);
  mine.batch_blocks.add(blocks);
  mine.queue_waits.add(wait_ns);
}

void Counters::record_batch_time(uint64_t ns) noexcept {
  shard().round_trips.add(ns);
}

void Counters::record_skip(SkipReason reason, uint64_t input_bytes) noexcept {
  shard().skips[static_cast<size_t>(reason)].add(input_bytes);
}

void Counters::add_histogram(const AtomicHistogram& from, TimeHistogram& to) {
  for (size_t i = 0; i < TimeHistogram::kBuckets; ++i) {
    const uint64_t calls = read(from.buckets[i]);
    to.buckets[i] += calls;
    to.count += calls;
  }
  to.sum_ns += read(from.sum_ns);
  to.max_ns = std::max(to.max_ns, read(from.max_ns));
}

void Counters::add_shard(const Shard& shard, CounterSnapshot& total) {
  const auto add = [](const AtomicTally& from, CounterSnapshot::Tally& to) {
    to.blocks += read(from.blocks);
    to.bytes += read(from.bytes);
  };
  for (size_t engine = 0; engine < kEngineCount; ++engine) {
    for (size_t i = 0; i < kRouteReasonCount; ++i) {
      add(shard.routes[engine][i], total.routes[engine][i]);
    }
    for (size_t i = 0; i < kOutcomeCount; ++i) {
      add(shard.outcomes[engine][i], total.outcomes[engine][i]);
    }
    total.frame_bytes[engine] += read(shard.frame_bytes[engine]);
    add_histogram(shard.times[engine], total.times[engine]);
  }
  for (size_t i = 0; i < kSkipReasonCount; ++i) {
    add(shard.skips[i], total.skips[i]);
  }
  for (size_t i = 0; i < kEventCount; ++i) {
    total.events[i] += read(shard.events[i]);
  }
  add_histogram(shard.batch_blocks, total.batch_blocks);
  add_histogram(shard.queue_waits, total.queue_waits);
  add_histogram(shard.round_trips, total.round_trips);
}

CounterSnapshot Counters::snapshot() const {
  CounterSnapshot total;
  for (const Shard& shard : shards_) {
    add_shard(shard, total);
  }
  return total;
}

}  // namespace gpu_zstd
