// Cuts a file's bytes into the values of key-value pairs.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "tools/compare/options.h"

namespace gpu_zstd::compare {

// A value: `bytes` bytes from `offset` on.
struct Record {
  uint64_t offset = 0;
  uint32_t bytes = 0;
};

// A longer line becomes several values.
inline constexpr uint32_t kMaxLineBytes = 1 << 20;

// Appends the records of one file, whose bytes start at `offset` in a larger
// whole. kFixed: `value_size` bytes each, the last one what is left. kLines:
// lines without their line feed; empty lines make none.
void cut_records(RecordRule rule, uint32_t value_size, std::string_view file,
                 uint64_t offset, std::vector<Record>* records);

}  // namespace gpu_zstd::compare
