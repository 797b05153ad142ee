#include "tools/compare/human.h"

#include <array>
#include <cmath>
#include <cstdio>

namespace gpu_zstd::compare {

std::string fixed_text(double number, int digits) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.*f", digits, number);
  return text.data();
}

std::string megabytes_text(uint64_t bytes) {
  return fixed_text(static_cast<double>(bytes) / 1e6, 1) + " MB";
}

std::string duration_text(double seconds) {
  const auto total = static_cast<long long>(std::llround(seconds));
  std::array<char, 64> text{};
  if (total < 60) {
    std::snprintf(text.data(), text.size(), "%lld s", total);
  } else if (total < 3600) {
    std::snprintf(text.data(), text.size(), "%lld min %02lld s", total / 60,
                  total % 60);
  } else {
    std::snprintf(text.data(), text.size(), "%lld h %02lld min", total / 3600,
                  total % 3600 / 60);
  }
  return text.data();
}

}  // namespace gpu_zstd::compare
