// One row of the comparison: the settings that both sides share.
#pragma once

#include <cstdint>
#include <string>

namespace gpu_zstd::compare {

enum class Variant : uint8_t {
  kNone,     // no compression, for reference
  kBuiltin,  // RocksDB's own zstd
  kGpuZstd,  // the plugin
};

// The name in tables and JSON: "none", "builtin", "GpuZstd".
const char* name_of(Variant variant);

struct Cell {
  bool reference =
      false;  // only Variant::kNone runs, once; level means nothing
  int level = 0;
  uint32_t block_size = 0;
  uint32_t parallel_threads = 1;
  uint32_t subcompactions = 1;

  bool operator==(const Cell&) const = default;
};

// "level 3, 16 KB blocks" and, where they are not 1, threads and
// subcompactions.
std::string describe(const Cell& cell);

// "4 KB" for whole kilobytes of 1024 bytes, else "1000 B".
std::string block_size_text(uint32_t bytes);

}  // namespace gpu_zstd::compare
