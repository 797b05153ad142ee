// Chunks of many shapes, for tests of whole frames and for measuring inputs
// that are hard on an encoder. All are the same for the same seed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gpu_zstd::inputs {

struct NamedChunk {
  std::string name;
  std::vector<uint8_t> bytes;
};

// Words of a small vocabulary with numbers between them.
std::vector<uint8_t> wordy_chunk(size_t n, uint32_t seed);

// Every byte equally likely.
std::vector<uint8_t> random_chunk(size_t n, uint32_t seed);

// Constant, short periods, few symbols, records of several kinds, long matches,
// matches at all distances and at the edges, runs, chains of near-equal
// strings, text and noise; of `n` bytes each.
std::vector<NamedChunk> chunk_shapes(size_t n, uint32_t seed);

// Those, and all periods from 1 to 300.
std::vector<NamedChunk> hard_shapes(size_t n, uint32_t seed);

}  // namespace gpu_zstd::inputs
