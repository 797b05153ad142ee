// Chunks of many shapes for tests of whole frames.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gpu_zstd::testing {

struct NamedChunk {
  std::string name;
  std::vector<uint8_t> bytes;
};

// Words of a small vocabulary with numbers between them.
std::vector<uint8_t> wordy_chunk(size_t n, uint32_t seed);

// Every byte equally likely.
std::vector<uint8_t> random_chunk(size_t n, uint32_t seed);

// Constant, short periods, few symbols, records, long matches, matches at all
// distances and at the edges, chains of near-equal strings, text and noise; of
// about `n` bytes each, the same for the same seed.
std::vector<NamedChunk> chunk_shapes(size_t n, uint32_t seed);

}  // namespace gpu_zstd::testing
