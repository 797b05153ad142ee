#include "tools/compare/cell.h"

namespace gpu_zstd::compare {

const char* name_of(Variant variant) {
  switch (variant) {
    case Variant::kNone:
      return "none";
    case Variant::kBuiltin:
      return "builtin";
    case Variant::kGpuZstd:
      return "GpuZstd";
  }
  return "?";
}

std::string block_size_text(uint32_t bytes) {
  return bytes % 1024 == 0 ? std::to_string(bytes / 1024) + " KB"
                           : std::to_string(bytes) + " B";
}

std::string describe(const Cell& cell) {
  std::string text =
      cell.reference ? "no compression" : "level " + std::to_string(cell.level);
  text += ", " + block_size_text(cell.block_size) + " blocks";
  if (cell.parallel_threads != 1) {
    text += ", " + std::to_string(cell.parallel_threads) + " threads";
  }
  if (cell.subcompactions != 1) {
    text += ", " + std::to_string(cell.subcompactions) + " subcompactions";
  }
  return text;
}

}  // namespace gpu_zstd::compare
