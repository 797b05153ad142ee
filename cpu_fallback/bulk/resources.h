// What a call leases from its codec: libzstd contexts and byte buffers.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <span>
#include <utility>
#include <vector>

#include "cpu_fallback/bulk/types.h"

struct ZSTD_CCtx_s;
struct ZSTD_DCtx_s;

namespace gpu_zstd {

// Uninitialised bytes that are kept for the next user. Not thread-safe.
class Buffer {
 public:
  Buffer() = default;
  Buffer(Buffer&& other) noexcept { *this = std::move(other); }
  Buffer& operator=(Buffer&& other) noexcept {
    data_ = std::move(other.data_);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }
  // At least `bytes` of room; the old content is lost. False: no memory.
  bool reserve(size_t bytes) {
    if (bytes > capacity_) {
      data_.reset();
      data_.reset(new (std::nothrow) char[bytes]);
      capacity_ = data_ != nullptr ? bytes : 0;
    }
    return bytes <= capacity_;
  }
  // As reserve(), keeping the first `keep` bytes.
  bool grow(size_t bytes, size_t keep) {
    if (bytes <= capacity_) {
      return true;
    }
    Buffer larger;
    if (!larger.reserve(std::max(bytes, 2 * capacity_))) {
      return false;
    }
    if (keep > 0) {
      std::memcpy(larger.data(), data(), keep);
    }
    *this = std::move(larger);
    return true;
  }
  char* data() const { return data_.get(); }
  size_t capacity() const { return capacity_; }

 private:
  std::unique_ptr<char[]> data_;
  size_t capacity_ = 0;
};

// How libzstd makes one frame.
struct FrameParams {
  int level = 3;
  bool checksum = true;
  int window_log = 0;  // 0: the level's; else long matches are looked for
};

// A compression context. Not thread-safe.
class EncodeContext {
 public:
  EncodeContext();
  ~EncodeContext();
  EncodeContext(const EncodeContext&) = delete;
  EncodeContext& operator=(const EncodeContext&) = delete;

  // One frame of `src` with its content size, written to `dst`.
  // kOutputFull: it is larger. Offsets are 0.
  BulkStatus compress(const FrameParams& params, std::span<const char> src,
                      std::span<char> dst, size_t* written);

  // As compress(), for a piece that continues a frame: matches may reach into
  // `history`, which lies right before `src` in memory, but never farther than
  // 2^window_log bytes. No content size, no checksum.
  BulkStatus compress_piece(int level, int window_log,
                            std::span<const char> history,
                            std::span<const char> src, std::span<char> dst,
                            size_t* written);

 private:
  ZSTD_CCtx_s* context_;
};

// A decompression context. Not thread-safe.
class DecodeContext {
 public:
  DecodeContext();
  ~DecodeContext();
  DecodeContext(const DecodeContext&) = delete;
  DecodeContext& operator=(const DecodeContext&) = delete;

  // Whole frames that together decode to dst.size() bytes. kCorrupt's offset
  // is where libzstd gave up, counted from src.
  BulkStatus decompress(std::span<const char> src, std::span<char> dst);

  // One frame in steps: start(), then step() until *done. A step consumes some
  // of `src` and fills some of `dst`.
  BulkStatus start(int max_window_log);
  BulkStatus step(std::span<const char> src, std::span<char> dst,
                  size_t* consumed, size_t* produced, bool* done);

 private:
  uint64_t locate_damage(std::span<const char> src, std::span<char> dst);

  ZSTD_DCtx_s* context_;
};

// Idle things of one kind. Thread-safe. A lease gives its thing back when it
// goes; the pool must outlive it and keeps at most `max_idle`.
template <typename Thing>
class LeasePool {
 public:
  struct GiveBack {
    LeasePool* pool = nullptr;
    void operator()(Thing* thing) const { pool->put(thing); }
  };
  using Lease = std::unique_ptr<Thing, GiveBack>;

  explicit LeasePool(size_t max_idle) : max_idle_(max_idle) {
    idle_.reserve(max_idle);
  }

  Lease lease() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        Lease lease(idle_.back().release(), GiveBack{this});
        idle_.pop_back();
        return lease;
      }
    }
    return Lease(new Thing(), GiveBack{this});
  }

 private:
  void put(Thing* thing) {
    std::unique_ptr<Thing> owned(thing);
    const std::lock_guard lock(mutex_);
    if (idle_.size() < max_idle_) {
      idle_.push_back(std::move(owned));
    }
  }

  const size_t max_idle_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Thing>> idle_;  // guarded by mutex_
};

// What the calls of one codec share.
struct Resources {
  explicit Resources(size_t max_idle)
      : encoders(max_idle), decoders(max_idle), buffers(2 * max_idle) {}

  LeasePool<EncodeContext> encoders;
  LeasePool<DecodeContext> decoders;
  LeasePool<Buffer> buffers;
};

// libzstd's bound for a frame of `raw_bytes` (ZSTD_compressBound).
size_t max_frame_bytes_of(size_t raw_bytes);

}  // namespace gpu_zstd
