#include "cpu_fallback/bulk/ordered_engine.h"

#include <gtest/gtest.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>

#include <atomic>
#include <mutex>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

namespace gpu_zstd {
namespace {

// More threads than the machine may have cores, so that the tests meet the
// same interleavings everywhere.
class OrderedEngineTest : public testing::Test {
 private:
  tbb::global_control control_{tbb::global_control::max_allowed_parallelism, 8};
};

constexpr BulkStrategy kEach[] = {BulkStrategy::kSingle,
                                  BulkStrategy::kWorkStealing,
                                  BulkStrategy::kPipeline};

// Squares the numbers below `jobs` and checks every rule of OrderedWork.
class Squares : public OrderedWork {
 public:
  Squares(size_t jobs, size_t slots) : jobs_(jobs), slots_(slots) {}

  bool take(size_t slot) override {
    if (taken_ == jobs_) {
      return false;
    }
    EXPECT_FALSE(slots_.at(slot).used) << "a slot taken twice";
    slots_[slot] = {taken_++, 0, true};
    most_alive_ = std::max(most_alive_, taken_ - delivered_.load());
    return true;
  }
  void process(size_t slot) override {
    slots_[slot].result = slots_[slot].job * slots_[slot].job;
    const std::lock_guard lock(mutex_);
    threads_.insert(std::this_thread::get_id());
  }
  bool deliver(size_t slot) override {
    const size_t job = delivered_++;
    EXPECT_EQ(slots_[slot].job, job) << "out of order";
    EXPECT_EQ(slots_[slot].result, job * job);
    slots_[slot].used = false;
    return job != stop_after_;
  }

  size_t stop_after_ = SIZE_MAX;
  size_t most_alive_ = 0;
  std::atomic<size_t> delivered_{0};
  std::set<std::thread::id> threads_;  // guarded by mutex_

 private:
  struct Slot {
    size_t job = 0;
    size_t result = 0;
    bool used = false;
  };
  size_t jobs_;
  size_t taken_ = 0;
  std::vector<Slot> slots_;
  std::mutex mutex_;
};

TEST_F(OrderedEngineTest, DeliversEveryJobOnceAndInOrder) {
  OrderedEngine engine(4);
  for (const auto strategy : kEach) {
    for (const size_t jobs : {0, 1, 2, 7, 8, 9, 1000}) {
      for (const size_t slots : {1, 3, 8}) {
        Squares work(jobs, slots);
        engine.run(work, strategy, slots);
        EXPECT_EQ(work.delivered_, jobs);
        EXPECT_LE(work.most_alive_, slots);
      }
    }
  }
}

TEST_F(OrderedEngineTest, StopsAfterTheDeliveryThatSaysSo) {
  OrderedEngine engine(4);
  for (const auto strategy : kEach) {
    Squares work(1000, 6);
    work.stop_after_ = 41;
    engine.run(work, strategy, 6);
    EXPECT_EQ(work.delivered_, 42u);
  }
}

TEST_F(OrderedEngineTest, SingleStaysOnTheCallingThread) {
  OrderedEngine engine(4);
  Squares work(100, 1);
  engine.run(work, BulkStrategy::kSingle, 1);
  EXPECT_EQ(work.threads_, std::set{std::this_thread::get_id()});
}

TEST_F(OrderedEngineTest, UsesNoMoreThreadsThanWorkers) {
  OrderedEngine engine(2);
  for (const auto strategy : kEach) {
    Squares work(2000, 16);
    engine.run(work, strategy, 16);
    EXPECT_LE(work.threads_.size(), 2u);
  }
}

TEST_F(OrderedEngineTest, ExceptionsOfTheWorkComeOut) {
  class Throws final : public Squares {
   public:
    using Squares::Squares;
    void process(size_t slot) override { throw std::runtime_error("job"); }
  };
  OrderedEngine engine(4);
  for (const auto strategy : kEach) {
    Throws work(100, 4);
    EXPECT_THROW(engine.run(work, strategy, 4), std::runtime_error);
  }
}

TEST_F(OrderedEngineTest, RunsInsideTheCallersOwnTasks) {
  OrderedEngine engine(3);
  tbb::task_arena callers(4);
  callers.execute([&] {
    tbb::parallel_for(0, 24, [&](int i) {
      Squares work(50, 4);
      engine.run(work, kEach[i % 3], 4);
      EXPECT_EQ(work.delivered_, 50u);
    });
  });
}

// A caller that waits must not take up the caller's outer tasks: here one
// would lock the mutex that its own thread already holds.
TEST_F(OrderedEngineTest, AWaitingCallerRunsNoOuterTask) {
  OrderedEngine engine(3);
  tbb::task_arena callers(4);
  thread_local bool inside = false;
  callers.execute([&] {
    tbb::parallel_for(0, 200, [&](int i) {
      EXPECT_FALSE(inside) << "an outer task ran inside another";
      inside = true;
      Squares work(20, 4);
      engine.run(work, kEach[1 + i % 2], 4);
      inside = false;
    });
  });
}

TEST_F(OrderedEngineTest, ServesMoreCallersThanWorkers) {
  OrderedEngine engine(2);
  std::vector<std::thread> threads;
  std::atomic<size_t> delivered{0};
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        Squares work(30, 5);
        engine.run(work, kEach[(t + i) % 3], 5);
        delivered += work.delivered_;
      }
    });
  }
  for (auto& thread : threads) {
    thread.join();
  }
  EXPECT_EQ(delivered, 16u * 20 * 30);
}

}  // namespace
}  // namespace gpu_zstd
