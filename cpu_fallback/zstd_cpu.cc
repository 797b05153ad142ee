#include "cpu_fallback/zstd_cpu.h"

#include <zstd.h>
#include <zstd_errors.h>

#include <new>
#include <utility>

namespace gpu_zstd {

int zstd_min_level() { return ZSTD_minCLevel(); }
int zstd_max_level() { return ZSTD_maxCLevel(); }
const char* zstd_version() { return ZSTD_versionString(); }

ZstdContext::ZstdContext() noexcept : context_(ZSTD_createCCtx()) {}

ZstdContext::~ZstdContext() { ZSTD_freeCCtx(context_); }

// Parameters stay set between frames, so a thread that compresses one file
// sets them once.
bool ZstdContext::apply(const CpuFrameParams& params) noexcept {
  if (has_applied_ && applied_.level == params.level &&
      applied_.frame_checksum == params.frame_checksum) {
    return true;
  }
  has_applied_ = false;
  if (ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_compressionLevel,
                                          params.level)) ||
      ZSTD_isError(ZSTD_CCtx_setParameter(context_, ZSTD_c_checksumFlag,
                                          params.frame_checksum ? 1 : 0))) {
    return false;
  }
  applied_ = params;
  has_applied_ = true;
  return true;
}

CpuResult ZstdContext::compress(std::span<const char> src, std::span<char> dst,
                                const CpuFrameParams& params) noexcept {
  if (!valid() || !apply(params)) {
    return {};
  }
  const size_t written =
      ZSTD_compress2(context_, dst.data(), dst.size(), src.data(), src.size());
  if (!ZSTD_isError(written)) {
    return {CpuOutcome::kCompressed, written};
  }
  if (ZSTD_getErrorCode(written) == ZSTD_error_dstSize_tooSmall) {
    // The frame is still open, and an open frame takes no new parameters.
    ZSTD_CCtx_reset(context_, ZSTD_reset_session_only);
    return {CpuOutcome::kDoesNotFit, 0};
  }
  // The error may have left the context between two states.
  ZSTD_CCtx_reset(context_, ZSTD_reset_session_and_parameters);
  has_applied_ = false;
  return {};
}

ZstdContextPool::Lease& ZstdContextPool::Lease::operator=(
    Lease&& other) noexcept {
  if (this != &other) {
    give_back();
    pool_ = std::exchange(other.pool_, nullptr);
    context_ = std::exchange(other.context_, nullptr);
  }
  return *this;
}

void ZstdContextPool::Lease::give_back() noexcept {
  if (context_ != nullptr) {
    pool_->put(std::exchange(context_, nullptr));
  }
}

ZstdContextPool::~ZstdContextPool() {
  for (auto& slot : idle_) {
    delete slot.load(std::memory_order_relaxed);
  }
}

ZstdContextPool::Lease ZstdContextPool::lease() noexcept {
  for (auto& slot : idle_) {
    if (slot.load(std::memory_order_relaxed) == nullptr) {
      continue;
    }
    // Acquire pairs with the release in put(): the context's state follows it.
    if (ZstdContext* found =
            slot.exchange(nullptr, std::memory_order_acquire)) {
      return Lease(this, found);
    }
  }
  auto* made = new (std::nothrow) ZstdContext();
  if (made != nullptr && !made->valid()) {
    delete made;
    made = nullptr;
  }
  return Lease(this, made);
}

void ZstdContextPool::put(ZstdContext* context) noexcept {
  for (auto& slot : idle_) {
    ZstdContext* expected = nullptr;
    if (slot.load(std::memory_order_relaxed) == nullptr &&
        slot.compare_exchange_strong(expected, context,
                                     std::memory_order_release,
                                     std::memory_order_relaxed)) {
      return;
    }
  }
  delete context;
}

}  // namespace gpu_zstd
