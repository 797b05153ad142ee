// What the counting profiler tells the test that had it loaded.
#pragma once

#include <cstdint>
#include <map>
#include <string>

struct CountedRanges {
  std::map<std::string, uint64_t> by_name;  // begun, in our domain
  uint64_t batch_blocks = 0;                // sum of the batches' payloads
  uint64_t open_batches = 0;                // begun and not ended
  uint64_t unmatched = 0;                   // ends without a beginning
};

// Exported by the library under this name.
using CountRanges = void(CountedRanges*);
inline constexpr const char* kCountRanges = "gpu_zstd_count_ranges";
