// Runs jobs in parallel and delivers them in order, with any strategy.
//
//   take (serial, in order) → process (parallel) → deliver (serial, in order)
#pragma once

#include <cstddef>
#include <memory>

#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

// One run's work. A job lives in a slot from take() to deliver(); at most
// `slots` jobs are alive at once, and the engine orders all accesses to one
// slot, so that slots need no locks.
class OrderedWork {
 public:
  virtual ~OrderedWork() = default;
  // Makes the next job in `slot`. False: there is none.
  virtual bool take(size_t slot) = 0;
  virtual void process(size_t slot) = 0;
  // False ends the run: no later job is delivered.
  virtual bool deliver(size_t slot) = 0;
};

// Threads of oneTBB, at most `workers` of them, the caller's included. Safe
// from any thread and from inside the caller's own TBB tasks: while a run
// waits, its threads take up tasks of this run only.
class OrderedEngine {
 public:
  explicit OrderedEngine(unsigned workers);
  ~OrderedEngine();
  OrderedEngine(const OrderedEngine&) = delete;
  OrderedEngine& operator=(const OrderedEngine&) = delete;

  // Runs `work` to its end. `strategy` is not kAutomatic; kSingle uses slot 0
  // and no other thread. Throws what `work` or oneTBB throws.
  void run(OrderedWork& work, BulkStrategy strategy, size_t slots);

 private:
  struct Arena;
  std::unique_ptr<Arena> arena_;
};

}  // namespace gpu_zstd
