#include "rocksdb_glue/sst/block_engine.h"

namespace gpu_zstd {

void CpuBlockEngine::compress(std::span<BlockJob> jobs) noexcept {
  Scheduler::Session session(scheduler_);
  for (BlockJob& job : jobs) {
    const CompressResult result =
        scheduler_.compress({.input = {job.input.data(), job.input.size()},
                             .output = job.output,
                             .level = level_,
                             .mode = Mode::kCpuOnly},
                            &session);
    job.outcome = result.outcome;
    job.frame_bytes = result.frame_bytes;
  }
}

}  // namespace gpu_zstd
