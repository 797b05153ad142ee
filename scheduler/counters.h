// What the scheduler and its callers count. Written by many threads, read as a
// snapshot.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

#include "scheduler/types.h"

namespace gpu_zstd {

// Why a caller did not ask an engine for a block.
enum class SkipReason : uint8_t {
  kNoRoom,      // the output could not even hold the size prefix
  kTooLarge,    // 4 GiB or more: the size prefix cannot say it
  kDictionary,  // a dictionary is configured: RocksDB's own compressor did it
  kOtherType,   // the options ask for another algorithm: likewise
};
inline constexpr size_t kSkipReasonCount = 4;

// What happened to devices and their batches.
enum class Event : uint8_t {
  kBatch,           // launched
  kBatchFailed,     // refused or lost by a device
  kBatchHung,       // not done by its deadline
  kTransientError,  // of a device: memory ran out, busy
  kStickyError,     // of a device: lost until the process ends
  kRetry,           // a device was tried again
  kLaneSetAside,    // for good
  kDeviceSetAside,
  kFrameVerified,  // decoded and compared
  kFrameWrong,     // and found wrong, or not even a frame
};
inline constexpr size_t kEventCount = 10;

// Call times in nanoseconds, four buckets to each power of two, so that a
// percentile read from it is at most 25 % too high.
class TimeHistogram {
 public:
  static constexpr size_t kBuckets = 160;  // up to 2^40 ns, 18 minutes

  static size_t bucket_of(uint64_t ns);
  // The largest time that falls into a bucket.
  static uint64_t upper_bound_ns(size_t bucket);

  // Smallest bucket bound with at least `percent` of the calls at or below it;
  // 0 when nothing was recorded.
  uint64_t percentile_ns(double percent) const;

  std::array<uint64_t, kBuckets> buckets{};
  uint64_t count = 0;
  uint64_t sum_ns = 0;
  uint64_t max_ns = 0;
};

// All counters at one time. Sums of relaxed counters: each is exact, two of
// them may be a few blocks apart while threads are compressing.
struct CounterSnapshot {
  struct Tally {
    uint64_t blocks = 0;
    uint64_t bytes = 0;  // of input
  };

  const Tally& route(Engine engine, RouteReason reason) const {
    return routes[static_cast<size_t>(engine)][static_cast<size_t>(reason)];
  }
  const Tally& outcome(Engine engine, Outcome outcome) const {
    return outcomes[static_cast<size_t>(engine)][static_cast<size_t>(outcome)];
  }
  const Tally& skip(SkipReason reason) const {
    return skips[static_cast<size_t>(reason)];
  }
  uint64_t blocks_by(Engine engine) const;

  std::array<std::array<Tally, kRouteReasonCount>, kEngineCount> routes{};
  std::array<std::array<Tally, kOutcomeCount>, kEngineCount> outcomes{};
  std::array<uint64_t, kEngineCount> frame_bytes{};
  std::array<TimeHistogram, kEngineCount> times{};
  std::array<Tally, kSkipReasonCount> skips{};
  uint64_t event(Event what) const { return events[static_cast<size_t>(what)]; }
  std::array<uint64_t, kEventCount> events{};
  TimeHistogram batch_blocks;  // of blocks, not of nanoseconds
  TimeHistogram queue_waits;   // from the opening of a batch to its launch
  TimeHistogram round_trips;   // from launch to completion
};

// One finished request.
struct CountedCall {
  Engine engine;
  RouteReason reason;
  Outcome outcome;
  uint64_t input_bytes;
  uint64_t frame_bytes;
  uint64_t elapsed_ns;
};

// Thread-safe, wait-free. Spread over shards, one for the threads of each
// processor, so that processors seldom write to the same cache line.
class Counters {
 public:
  void record(const CountedCall& call) noexcept;
  void record_skip(SkipReason reason, uint64_t input_bytes) noexcept;
  void record_event(Event what) noexcept;
  // A batch was launched, `wait_ns` after it was opened.
  void record_batch(uint32_t blocks, uint64_t wait_ns) noexcept;
  // A batch was done, `ns` after its launch.
  void record_batch_time(uint64_t ns) noexcept;
  CounterSnapshot snapshot() const;

 private:
  using Cell = std::atomic<uint64_t>;
  struct AtomicTally {
    Cell blocks{0};
    Cell bytes{0};
    void add(uint64_t n) noexcept {
      blocks.fetch_add(1, std::memory_order_relaxed);
      bytes.fetch_add(n, std::memory_order_relaxed);
    }
  };
  struct AtomicHistogram {
    std::array<Cell, TimeHistogram::kBuckets> buckets{};
    Cell sum_ns{0};
    Cell max_ns{0};
    void add(uint64_t ns) noexcept;
  };
  struct alignas(128) Shard {
    std::array<std::array<AtomicTally, kRouteReasonCount>, kEngineCount> routes;
    std::array<std::array<AtomicTally, kOutcomeCount>, kEngineCount> outcomes;
    std::array<Cell, kEngineCount> frame_bytes{};
    std::array<AtomicHistogram, kEngineCount> times;
    std::array<AtomicTally, kSkipReasonCount> skips;
    std::array<Cell, kEventCount> events{};
    AtomicHistogram batch_blocks;
    AtomicHistogram queue_waits;
    AtomicHistogram round_trips;
  };
  static constexpr size_t kShards = 32;

  Shard& shard() noexcept;
  static void add_histogram(const AtomicHistogram& from, TimeHistogram& to);
  static void add_shard(const Shard& shard, CounterSnapshot& total);

  std::array<Shard, kShards> shards_{};
};

}  // namespace gpu_zstd
