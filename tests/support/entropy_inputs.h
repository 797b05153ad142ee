#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "tests/support/greedy_matcher.h"

namespace gpu_zstd::testing {

struct NamedBytes {
  std::string name;
  std::vector<uint8_t> bytes;
};

// `n` literals of many shapes: constant, few symbols, uniform, skewed so that
// unlimited codes would exceed 11 bits, high values only, one exception.
std::vector<NamedBytes> literal_shapes(uint32_t n, uint32_t seed);

// A block made up of random sequences, whatever they do for compression, of at
// most `limit` bytes; `shape` picks the kinds of lengths and offsets.
ParsedBlock random_block(std::mt19937& random, uint32_t limit, uint32_t shape);
inline constexpr uint32_t kRandomShapes = 6;

}  // namespace gpu_zstd::testing
