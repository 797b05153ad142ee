// Where a call's bytes come from and go to. Used from one thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <span>

#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills `to`, or less at the end. Errors: kUnreadable, kCancelled.
  virtual BulkStatus read(std::span<char> to, size_t* got) = 0;
  // Whether read_at() works; then a call uses it alone and never read(). Such a
  // source tells its total_bytes().
  virtual bool reads_anywhere() const { return false; }
  // Fills `to` from `offset`, or less at the end. Thread-safe, so that frames
  // are read by the threads that compress them.
  virtual BulkStatus read_at(uint64_t offset, std::span<char> to, size_t* got) {
    *got = 0;
    return {};
  }
  // The whole input when it lies in memory; then read() is not called.
  virtual std::optional<std::span<const char>> memory() const {
    return std::nullopt;
  }
  // All bytes that will come, where that is known.
  virtual std::optional<uint64_t> total_bytes() const { return std::nullopt; }
};

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  // Appends. Errors: kOutputFull, kUnwritable, kCancelled.
  virtual BulkStatus write(std::span<const char> bytes) = 0;
  // The final place of the `bytes` bytes at `offset` of the output, for whom
  // can write there at once; empty where there is no such place. What was put
  // there is announced, in order, with commit(). Thread-safe.
  virtual std::span<char> place(uint64_t offset, size_t bytes) { return {}; }
  virtual void commit(size_t bytes) {}
};

class MemorySource final : public ByteSource {
 public:
  explicit MemorySource(std::span<const char> bytes) : bytes_(bytes) {}
  BulkStatus read(std::span<char> to, size_t* got) override {
    *got = 0;
    return {};
  }
  std::optional<std::span<const char>> memory() const override {
    return bytes_;
  }
  std::optional<uint64_t> total_bytes() const override { return bytes_.size(); }

 private:
  std::span<const char> bytes_;
};

class MemorySink final : public ByteSink {
 public:
  explicit MemorySink(std::span<char> room) : room_(room) {}
  BulkStatus write(std::span<const char> bytes) override {
    if (bytes.size() > room_.size() - used_) {
      return {BulkError::kOutputFull, used_,
              "the output buffer of " + std::to_string(room_.size()) +
                  " bytes is too small"};
    }
    if (!bytes.empty()) {
      std::memcpy(room_.data() + used_, bytes.data(), bytes.size());
    }
    used_ += bytes.size();
    return {};
  }
  std::span<char> place(uint64_t offset, size_t bytes) override {
    if (offset > room_.size() || bytes > room_.size() - offset) {
      return {};
    }
    return room_.subspan(offset, bytes);
  }
  void commit(size_t bytes) override { used_ += bytes; }

 private:
  std::span<char> room_;
  size_t used_ = 0;
};

// A caller's function as a sink; false from it means kUnwritable.
class FunctionSink final : public ByteSink {
 public:
  using Function = std::function<bool(std::span<const char>)>;
  explicit FunctionSink(const Function& function) : function_(function) {}
  BulkStatus write(std::span<const char> bytes) override {
    if (!function_(bytes)) {
      return {BulkError::kUnwritable, used_, "the caller's sink refused"};
    }
    used_ += bytes.size();
    return {};
  }

 private:
  const Function& function_;
  uint64_t used_ = 0;
};

}  // namespace gpu_zstd
