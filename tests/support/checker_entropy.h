#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tests/support/checker_bits.h"

namespace gpu_zstd::testing {

// An FSE decoding table (RFC 8878, 4.1): cell i decodes one symbol, and
// baseline + the next `bits` bits is the following state.
struct FseCell {
  uint8_t symbol = 0;
  uint8_t bits = 0;
  uint16_t baseline = 0;
};
struct FseTable {
  int accuracy_log = 0;
  std::vector<FseCell> cells;
};

// Normalised counts; −1 stands for "less than 1".
struct FseCounts {
  int accuracy_log = 0;
  std::vector<int> counts;
  size_t bytes = 0;  // length of the description
};

FseCounts read_fse_counts(Section section, int max_log, int max_symbol,
                          const std::string& field);
FseTable make_fse_table(const FseCounts& counts);
FseTable make_rle_table(uint8_t symbol);

// A Huffman decoding table indexed by the next `max_bits` bits.
struct HuffmanTable {
  struct Cell {
    uint8_t symbol = 0;
    uint8_t bits = 0;
  };
  int max_bits = 0;  // 0: there is no table
  std::vector<Cell> cells;
};

// Reads a Huffman tree description (RFC 8878, 4.2.1); *bytes is its length.
HuffmanTable read_huffman_table(Section section, size_t* bytes);

// Decodes one Huffman stream of exactly `count` symbols.
void decode_huffman_stream(const HuffmanTable& table, Section stream,
                           size_t count, const std::string& field,
                           std::vector<uint8_t>* out);

}  // namespace gpu_zstd::testing
