#include "rocksdb_glue/sst/gpu_block_engine.h"

#include <atomic>
#include <utility>

#include "scheduler/bulk_gpu.h"

namespace gpu_zstd {
namespace {

class GpuBlockEngine final : public BlockEngine {
 public:
  GpuBlockEngine(int level, std::unique_ptr<BulkGpu> gpu,
                 std::function<void(const std::string&)> on_failure)
      : cpu_(Scheduler::shared(), level),
        gpu_(std::move(gpu)),
        on_failure_(std::move(on_failure)) {}

  std::string name() const override { return "gpu"; }
  int level() const override { return cpu_.level(); }
  size_t preferred_call_bytes() const override { return BulkGpu::kCallBytes; }

  void compress(std::span<BlockJob> jobs) noexcept override {
    gpu_->compress(jobs);
    for (BlockJob& job : jobs) {
      if (job.outcome == Outcome::kEngineFailed) {
        tell_of_failure();
        cpu_.compress(std::span(&job, 1));
      }
    }
  }

 private:
  void tell_of_failure() {
    const std::string why = gpu_->failure();
    if (!why.empty() && !told_.exchange(true) && on_failure_) {
      on_failure_(why);
    }
  }

  CpuBlockEngine cpu_;
  const std::unique_ptr<BulkGpu> gpu_;
  const std::function<void(const std::string&)> on_failure_;
  std::atomic<bool> told_{false};
};

}  // namespace

std::unique_ptr<BlockEngine> make_gpu_block_engine(
    int level, std::function<void(const std::string&)> on_failure,
    std::string* why_not) {
  auto gpu = make_bulk_gpu(level, why_not);
  return gpu == nullptr ? nullptr
                        : std::make_unique<GpuBlockEngine>(
                              level, std::move(gpu), std::move(on_failure));
}

}  // namespace gpu_zstd
