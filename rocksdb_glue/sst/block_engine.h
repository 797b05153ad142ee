// What compresses blocks for rewriting. One narrow interface, so that an engine
// that likes hundreds of blocks at once fits as well as one that takes them
// singly.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "scheduler/bulk_gpu.h"
#include "scheduler/scheduler.h"

namespace gpu_zstd {

// Thread-safe. Makes standard zstd frames.
class BlockEngine {
 public:
  virtual ~BlockEngine() = default;

  // "cpu", and so on: for messages and results.
  virtual std::string name() const = 0;
  // The level of its frames, as libzstd counts levels.
  virtual int level() const = 0;
  // How many uncompressed bytes it likes in one call; 0 to be handed single
  // blocks. Memory is held for as many.
  virtual size_t preferred_call_bytes() const = 0;
  // Sets outcome and frame_bytes of each job. Never throws.
  virtual void compress(std::span<BlockJob> jobs) noexcept = 0;
};

// libzstd through a scheduler, on the calling thread.
class CpuBlockEngine final : public BlockEngine {
 public:
  // `level` lies within Scheduler::min_level() and max_level() and is not 0.
  // `scheduler` must outlive the engine.
  CpuBlockEngine(Scheduler& scheduler, int level)
      : scheduler_(scheduler), level_(level) {}

  std::string name() const override { return "cpu"; }
  int level() const override { return level_; }
  size_t preferred_call_bytes() const override { return 0; }
  void compress(std::span<BlockJob> jobs) noexcept override;

 private:
  Scheduler& scheduler_;
  const int level_;
};

}  // namespace gpu_zstd
