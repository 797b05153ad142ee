// Hundreds of blocks at a time through the GPU encoder, for callers that have
// them all at hand, such as one that rewrites a file. Nothing is routed, and
// nobody waits for the blocks of others: see scheduler.h for that.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "scheduler/types.h"

namespace gpu_zstd {

// One block to compress. The buffers belong to the caller and do not overlap.
struct BlockJob {
  std::string_view input;
  std::span<char> output;  // room for the frame; no frame larger than this
  Outcome outcome = Outcome::kEngineFailed;
  size_t frame_bytes = 0;  // 0 unless kCompressed
};

// Thread-safe: calls run beside each other, as many as there are lanes; the
// others wait for one.
class BulkGpu {
 public:
  // Uncompressed bytes that a call should have: hundreds of blocks of the usual
  // sizes. More go in several batches.
  static constexpr size_t kCallBytes = 4 << 20;

  virtual ~BulkGpu() = default;

  // Sets outcome and frame_bytes of each job that the GPU compresses. The
  // others are kEngineFailed then: blocks of more than 256 KB and blocks that
  // come alone, for which the CPU is quicker; blocks of which the device tells
  // what makes no sense; and all jobs once it failed. Makes its device the
  // calling thread's current one. Never throws.
  virtual void compress(std::span<BlockJob> jobs) noexcept = 0;

  // Why the device is not asked any more; empty while it works.
  virtual std::string failure() const = 0;
};

// On the calling thread's current device. Null, and the reason in `why_not`,
// when this build has no GPU encoder, no device answers, or the level is not
// one of the encoder's.
// A lane takes about 40 MB pinned and on the device when it is first needed;
// there are up to 8.
std::unique_ptr<BulkGpu> make_bulk_gpu(int level, std::string* why_not);

}  // namespace gpu_zstd
