// Many threads in, frames out. Every request is answered on the calling thread
// or waits on it; RocksDB's CompressBlock wants nothing else.
#pragma once

#include <string>

#include "cpu_fallback/zstd_cpu.h"
#include "scheduler/counters.h"
#include "scheduler/types.h"

namespace gpu_zstd {

// Routes blocks to an engine and counts what became of them. Thread-safe: any
// number of threads may call compress() at once. Neither lock nor allocation
// stands in the way of a block whose caller holds a session.
class Scheduler {
 public:
  // What one thread keeps between its blocks: a leased libzstd context. For one
  // thread at a time. Must not outlive its scheduler. A session may be passed
  // from thread to thread if the caller orders the hand-over.
  class Session {
   public:
    explicit Session(Scheduler& scheduler) noexcept
        : context_(scheduler.contexts_.lease()) {}

   private:
    friend class Scheduler;
    ZstdContextPool::Lease context_;
  };

  Scheduler() = default;
  Scheduler(const Scheduler&) = delete;
  Scheduler& operator=(const Scheduler&) = delete;

  // The scheduler of this process, made at first call and shared by all
  // managers: RocksDB builds a new manager for each options string, engines
  // are one for all. Never destroyed: a RocksDB thread may compress while the
  // process exits.
  static Scheduler& shared() noexcept;

  // The levels that compress() takes, 0 excepted: the linked libzstd's.
  static int min_level();
  static int max_level();

  // The engines of this build in a few words for a log line, such as
  // "cpu (libzstd 1.5.7)".
  static std::string engines();

  // Compresses one block and returns when its outcome is known. Never throws;
  // never fails because of a device: the CPU is the last engine of every route.
  // `session` may be null; the call then leases a context for itself.
  CompressResult compress(const CompressRequest& request,
                          Session* session) noexcept;

  // Counts what a caller did without asking an engine.
  Counters& counters() { return counters_; }
  CounterSnapshot snapshot() const { return counters_.snapshot(); }

 private:
  CompressResult compress_on_cpu(const CompressRequest& request,
                                 Session* session) noexcept;

  ZstdContextPool contexts_;
  Counters counters_;
};

}  // namespace gpu_zstd
