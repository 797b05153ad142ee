// A bounded pipeline on oneTBB: many threads work, one at a time finishes, in
// order.
#pragma once

#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <new>

#include "rocksdb/status.h"

namespace gpu_zstd {

// How much of a file is handled at once.
struct PipelineLimits {
  int threads = 1;
  size_t batch_bytes = 1 << 20;
  size_t batches_in_flight = 2;
};

// `threads` 0 means one for each hardware thread; more than that are not used.
// `memory_bytes` is shared by the batches in flight, each of which takes about
// four times its size: what was read, what was made, and the blocks in between.
// A batch has at most a megabyte, or `call_bytes` for an engine that likes more
// at once.
inline PipelineLimits choose_limits(int threads, uint64_t memory_bytes,
                                    size_t call_bytes = 0) {
  const uint64_t most_bytes = std::max<uint64_t>(1 << 20, call_bytes);
  constexpr uint64_t kSmallestBatch = 1 << 16;
  constexpr uint64_t kCopies = 4;
  const int most = oneapi::tbb::info::default_concurrency();
  PipelineLimits limits;
  limits.threads = threads > 0 ? std::min(threads, most) : most;
  const uint64_t wanted = 2 * static_cast<uint64_t>(limits.threads);
  limits.batch_bytes =
      std::clamp(memory_bytes / (kCopies * wanted), kSmallestBatch, most_bytes);
  limits.batches_in_flight = std::clamp<uint64_t>(
      memory_bytes / (kCopies * limits.batch_bytes), 1, wanted);
  return limits;
}

// Calls `work(i, &product)` for i in [0, count) on several threads and
// `finish(i, product)` for each in order, one at a time. Both return a Status;
// the first that is not OK ends everything and is returned. Memory that runs
// out is a MemoryLimit; they may throw nothing else. At most
// limits.batches_in_flight products exist at once.
template <typename Product, typename Work, typename Finish>
rocksdb::Status run_in_order(const PipelineLimits& limits, size_t count,
                             const Work& work, const Finish& finish) {
  struct Item {
    size_t index = 0;
    Product product;
  };
  std::atomic<bool> stopped{false};
  std::mutex mutex;  // guards `first_error`
  rocksdb::Status first_error;
  size_t next = 0;

  const auto guarded = [&](const auto& call) {
    rocksdb::Status status;
    try {
      status = stopped.load() ? rocksdb::Status::OK() : call();
    } catch (const std::bad_alloc&) {
      status = rocksdb::Status::MemoryLimit("out of memory");
    }
    if (!status.ok()) {
      const std::lock_guard<std::mutex> lock(mutex);
      if (first_error.ok()) {
        first_error = status;
      }
      stopped.store(true);
    }
  };

  namespace tbb = oneapi::tbb;
  const auto begin = tbb::make_filter<void, Item*>(
      tbb::filter_mode::serial_in_order, [&](tbb::flow_control& flow) -> Item* {
        Item* item = nullptr;
        if (next < count && !stopped.load()) {
          item = new (std::nothrow) Item;
          guarded([&] {
            return item != nullptr
                       ? rocksdb::Status::OK()
                       : rocksdb::Status::MemoryLimit("out of memory");
          });
        }
        if (item == nullptr) {
          flow.stop();
          return nullptr;
        }
        item->index = next++;
        return item;
      });
  const auto middle = tbb::make_filter<Item*, Item*>(
      tbb::filter_mode::parallel, [&](Item* item) {
        guarded([&] { return work(item->index, &item->product); });
        return item;
      });
  const auto end = tbb::make_filter<Item*, void>(
      tbb::filter_mode::serial_in_order, [&](Item* item) {
        const std::unique_ptr<Item> owned(item);
        guarded([&] { return finish(item->index, item->product); });
      });
  tbb::task_arena arena(limits.threads);
  arena.execute([&] {
    tbb::parallel_pipeline(limits.batches_in_flight, begin & middle & end);
  });
  return first_error;
}

}  // namespace gpu_zstd
