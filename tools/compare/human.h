// Numbers as people read them.
#pragma once

#include <cstdint>
#include <string>

namespace gpu_zstd::compare {

// "12.3 MB", of 10^6 bytes.
std::string megabytes_text(uint64_t bytes);

// "45 s", "3 min 05 s", "2 h 07 min".
std::string duration_text(double seconds);

// A number with that many digits after the point.
std::string fixed_text(double number, int digits);

}  // namespace gpu_zstd::compare
