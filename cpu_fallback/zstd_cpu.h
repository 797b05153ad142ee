// One block through libzstd on the calling thread. The only folder that
// includes <zstd.h>.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <span>

struct ZSTD_CCtx_s;

namespace gpu_zstd {

// What libzstd made of one block.
enum class CpuOutcome {
  kCompressed,  // the frame is in the output
  kDoesNotFit,  // the frame is larger than the output; its bytes are undefined
  kFailed,      // out of memory, or an error inside libzstd
};

struct CpuResult {
  CpuOutcome outcome = CpuOutcome::kFailed;
  size_t frame_bytes = 0;  // 0 unless kCompressed
};

// How a frame is made. Levels are libzstd's own; 0 is not a level here.
struct CpuFrameParams {
  int level = 3;                // within [zstd_min_level(), zstd_max_level()]
  bool frame_checksum = false;  // append the XXH64 of RFC 8878, 3.1.1
};

// The range of levels that the linked libzstd takes (ZSTD_minCLevel,
// ZSTD_maxCLevel), and its version, such as "1.5.7".
int zstd_min_level();
int zstd_max_level();
const char* zstd_version();

// A libzstd compression context with the parameters it was last used with.
// Not thread-safe. Its memory grows to what the largest block and level need
// (ZSTD_estimateCCtxSize) and is kept.
class ZstdContext {
 public:
  // Never throws; a context that could not be allocated is not valid() and
  // compresses nothing.
  ZstdContext() noexcept;
  ~ZstdContext();
  ZstdContext(const ZstdContext&) = delete;
  ZstdContext& operator=(const ZstdContext&) = delete;

  bool valid() const { return context_ != nullptr; }

  // Compresses `src` into one zstd frame with content size at `dst`. Writes
  // nothing beyond dst.size(). The buffers must not overlap.
  CpuResult compress(std::span<const char> src, std::span<char> dst,
                     const CpuFrameParams& params) noexcept;

 private:
  bool apply(const CpuFrameParams& params) noexcept;

  ZSTD_CCtx_s* context_;
  CpuFrameParams applied_;
  bool has_applied_ = false;
};

// Contexts waiting to be used again. Thread-safe without a lock: each idle
// context sits in a slot of its own and is taken with one atomic exchange.
// A lease never waits; with no idle context it makes a new one, and a context
// that comes back to a full pool is freed. The pool must outlive its leases.
class ZstdContextPool {
 public:
  class Lease {
   public:
    Lease() = default;
    Lease(ZstdContextPool* pool, ZstdContext* context)
        : pool_(pool), context_(context) {}
    Lease(Lease&& other) noexcept { *this = std::move(other); }
    Lease& operator=(Lease&& other) noexcept;
    ~Lease() { give_back(); }

    // Null when memory ran out.
    ZstdContext* get() const { return context_; }

   private:
    void give_back() noexcept;

    ZstdContextPool* pool_ = nullptr;
    ZstdContext* context_ = nullptr;
  };

  ZstdContextPool() = default;
  ~ZstdContextPool();
  ZstdContextPool(const ZstdContextPool&) = delete;
  ZstdContextPool& operator=(const ZstdContextPool&) = delete;

  Lease lease() noexcept;

 private:
  // About the number of threads that compress at once in a large RocksDB
  // process; more than these merely allocate.
  static constexpr size_t kMaxIdle = 128;

  void put(ZstdContext* context) noexcept;

  std::array<std::atomic<ZstdContext*>, kMaxIdle> idle_{};
};

}  // namespace gpu_zstd
