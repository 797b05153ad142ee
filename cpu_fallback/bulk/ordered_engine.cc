#include "cpu_fallback/bulk/ordered_engine.h"

#include <tbb/parallel_for.h>
#include <tbb/parallel_pipeline.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <mutex>
#include <vector>

namespace gpu_zstd {
namespace {

void run_single(OrderedWork& work) {
  while (work.take(0)) {
    work.process(0);
    if (!work.deliver(0)) {
      return;
    }
  }
}

// Jobs done out of order, delivered in order by whichever thread finds the
// front job done: delivery overlaps the jobs still running.
class InOrder {
 public:
  InOrder(OrderedWork& work, size_t jobs) : work_(work), done_(jobs) {}

  void mark_done(size_t job) {
    std::unique_lock lock(mutex_);
    done_[job] = true;
    if (delivering_) {
      return;  // the thread at it will come to this job
    }
    delivering_ = true;
    while (!stopped() && front_ < done_.size() && done_[front_]) {
      lock.unlock();
      const bool go_on = work_.deliver(front_);
      lock.lock();
      ++front_;
      stopped_.store(!go_on, std::memory_order_relaxed);
    }
    delivering_ = false;
  }
  bool stopped() const { return stopped_.load(std::memory_order_relaxed); }

 private:
  OrderedWork& work_;
  std::mutex mutex_;
  std::vector<bool> done_;   // guarded by mutex_
  bool delivering_ = false;  // guarded by mutex_
  size_t front_ = 0;         // written under mutex_ by the delivering thread
  std::atomic<bool> stopped_{false};
};

// Rounds of as many jobs as there are slots.
void run_work_stealing(OrderedWork& work, size_t slots) {
  size_t jobs = slots;
  while (jobs == slots) {
    jobs = 0;
    while (jobs < slots && work.take(jobs)) {
      ++jobs;
    }
    InOrder in_order(work, jobs);
    // One job a task: a job is long, and the last ones must spread.
    tbb::parallel_for(
        tbb::blocked_range<size_t>(0, jobs, 1),
        [&](const tbb::blocked_range<size_t>& range) {
          for (size_t job = range.begin(); job < range.end(); ++job) {
            if (!in_order.stopped()) {
              work.process(job);
              in_order.mark_done(job);
            }
          }
        },
        tbb::simple_partitioner());
    if (in_order.stopped()) {
      return;
    }
  }
}

// Delivery in order keeps the jobs in flight consecutive, so that job k finds
// slot k % slots free.
void run_pipeline(OrderedWork& work, size_t slots) {
  std::atomic<bool> stopped{false};
  size_t next = 0;
  const auto take = [&](tbb::flow_control& control) -> size_t {
    const size_t slot = next++ % slots;
    if (stopped.load(std::memory_order_relaxed) || !work.take(slot)) {
      control.stop();
    }
    return slot;
  };
  const auto process = [&](size_t slot) {
    if (!stopped.load(std::memory_order_relaxed)) {
      work.process(slot);
    }
    return slot;
  };
  const auto deliver = [&](size_t slot) {
    if (!stopped.load(std::memory_order_relaxed) && !work.deliver(slot)) {
      stopped.store(true, std::memory_order_relaxed);
    }
  };
  using Mode = tbb::filter_mode;
  tbb::parallel_pipeline(
      slots,
      tbb::make_filter<void, size_t>(Mode::serial_in_order, take) &
          tbb::make_filter<size_t, size_t>(Mode::parallel, process) &
          tbb::make_filter<size_t, void>(Mode::serial_in_order, deliver));
}

}  // namespace

struct OrderedEngine::Arena {
  explicit Arena(unsigned workers)
      : arena(static_cast<int>(workers), /*reserved_for_masters=*/1) {}
  tbb::task_arena arena;
};

OrderedEngine::OrderedEngine(unsigned workers)
    : arena_(std::make_unique<Arena>(workers)) {}
OrderedEngine::~OrderedEngine() = default;

void OrderedEngine::run(OrderedWork& work, BulkStrategy strategy,
                        size_t slots) {
  if (strategy == BulkStrategy::kSingle) {
    run_single(work);
    return;
  }
  arena_->arena.execute([&] {
    tbb::this_task_arena::isolate([&] {
      if (strategy == BulkStrategy::kWorkStealing) {
        run_work_stealing(work, slots);
      } else {
        run_pipeline(work, slots);
      }
    });
  });
}

}  // namespace gpu_zstd
