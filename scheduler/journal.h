// What happened to the devices, in words, for whoever has a log.
#pragma once

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

namespace gpu_zstd {

// Keeps lines until a log asks for them; the oldest go when there are too many.
// Thread-safe; takes a lock, and is used when something happened that is rare.
class Journal {
 public:
  static constexpr size_t kMaxLines = 64;

  void add(std::string line) noexcept;
  // All lines since the last call, oldest first.
  std::vector<std::string> take();

 private:
  std::mutex mutex_;  // guards both below
  std::vector<std::string> lines_;
  uint64_t lost_ = 0;
};

}  // namespace gpu_zstd
