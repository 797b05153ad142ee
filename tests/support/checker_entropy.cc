#include "tests/support/checker_entropy.h"

#include <bit>

namespace gpu_zstd::testing {
namespace {

int floor_log2(uint32_t value) { return std::bit_width(value) - 1; }

// Decodes the two interleaved streams of FSE-coded weights (RFC 8878, 4.2.1.2).
std::vector<int> decode_fse_weights(Section section) {
  const std::string field = "Huffman_Tree_Description.FSE_compressed_weights";
  const FseCounts counts = read_fse_counts(section, 6, 255, field + ".table");
  const FseTable table = make_fse_table(counts);
  BackwardBits bits(section.from(counts.bytes, field), field + ".bitstream");
  uint32_t state[2];
  state[0] = bits.read(table.accuracy_log);
  state[1] = bits.read(table.accuracy_log);
  std::vector<int> weights;
  for (int turn = 0;; turn ^= 1) {
    const FseCell cell = table.cells[state[turn]];
    weights.push_back(cell.symbol);
    state[turn] = cell.baseline + bits.read_padded(cell.bits);
    if (bits.bits_left() < 0) {
      weights.push_back(table.cells[state[turn ^ 1]].symbol);
      break;
    }
    if (weights.size() > 255) {
      throw CheckFailure{section.offset, field, "at most 255 weights"};
    }
  }
  return weights;
}

// Appends the weight that the format leaves out, the one that completes the
// code, and returns the longest code length.
int complete_weights(std::vector<int>* weights, size_t offset) {
  const std::string field = "Huffman_Tree_Description.weights";
  uint32_t sum = 0;
  for (const int weight : *weights) {
    if (weight > 11) {
      throw CheckFailure{offset, field,
                         "weights up to 11, found " + std::to_string(weight)};
    }
    if (weight > 0) sum += 1u << (weight - 1);
  }
  if (sum == 0) throw CheckFailure{offset, field, "a weight above zero"};
  const int max_bits = floor_log2(sum) + 1;
  const uint32_t rest = (1u << max_bits) - sum;
  if (!std::has_single_bit(rest)) {
    throw CheckFailure{offset, field,
                       "a sum short of 2^" + std::to_string(max_bits) +
                           " by a power of two, found " + std::to_string(sum)};
  }
  if (max_bits > 11) {
    throw CheckFailure{
        offset, field,
        "Max_Number_of_Bits up to 11, found " + std::to_string(max_bits)};
  }
  weights->push_back(floor_log2(rest) + 1);
  if (weights->size() > 256) {
    throw CheckFailure{offset, field, "at most 256 symbols"};
  }
  return max_bits;
}

}  // namespace

FseCounts read_fse_counts(Section section, int max_log, int max_symbol,
                          const std::string& field) {
  ForwardBits bits(section, field);
  FseCounts result;
  result.accuracy_log = static_cast<int>(bits.read(4)) + 5;
  if (result.accuracy_log > max_log) {
    throw CheckFailure{section.offset, field + ".Accuracy_Log",
                       "at most " + std::to_string(max_log) + ", found " +
                           std::to_string(result.accuracy_log)};
  }
  int remaining = 1 << result.accuracy_log;
  while (remaining > 0) {
    if (static_cast<int>(result.counts.size()) > max_symbol) {
      throw CheckFailure{section.offset, field,
                         "symbols up to " + std::to_string(max_symbol)};
    }
    // A value in 0 … remaining + 1; small values take one bit less.
    const int width = floor_log2(static_cast<uint32_t>(remaining + 1)) + 1;
    const uint32_t small = (1u << width) - 1 - (remaining + 1);
    uint32_t value = bits.read(width - 1);
    if (value >= small) {
      bits.unread(width - 1);
      value = bits.read(width);
      if (value >= 1u << (width - 1)) value -= small;
    }
    const int count = static_cast<int>(value) - 1;
    result.counts.push_back(count);
    remaining -= count < 0 ? 1 : count;
    if (remaining < 0) {
      throw CheckFailure{section.offset, field,
                         "counts that sum to 2^Accuracy_Log"};
    }
    if (count == 0) {
      for (uint32_t repeat = 3; repeat == 3;) {
        repeat = bits.read(2);
        result.counts.insert(result.counts.end(), repeat, 0);
      }
    }
  }
  if (static_cast<int>(result.counts.size()) > max_symbol + 1) {
    throw CheckFailure{section.offset, field,
                       "symbols up to " + std::to_string(max_symbol)};
  }
  result.bytes = bits.bytes_used();
  return result;
}

FseTable make_fse_table(const FseCounts& counts) {
  FseTable table;
  table.accuracy_log = counts.accuracy_log;
  const uint32_t size = 1u << counts.accuracy_log;
  table.cells.resize(size);
  std::vector<uint32_t> next(counts.counts.size());
  uint32_t high = size;
  for (size_t s = 0; s < counts.counts.size(); ++s) {
    next[s] = counts.counts[s] < 0 ? 1 : counts.counts[s];
    if (counts.counts[s] < 0) {
      table.cells[--high].symbol = static_cast<uint8_t>(s);
    }
  }
  uint32_t position = 0;
  for (size_t s = 0; s < counts.counts.size(); ++s) {
    for (int i = 0; i < counts.counts[s]; ++i) {
      table.cells[position].symbol = static_cast<uint8_t>(s);
      do {
        position = (position + (size >> 1) + (size >> 3) + 3) & (size - 1);
      } while (position >= high);
    }
  }
  for (FseCell& cell : table.cells) {
    const uint32_t x = next[cell.symbol]++;
    cell.bits = static_cast<uint8_t>(counts.accuracy_log - floor_log2(x));
    cell.baseline = static_cast<uint16_t>((x << cell.bits) - size);
  }
  return table;
}

FseTable make_rle_table(uint8_t symbol) {
  FseTable table;
  table.cells.push_back({symbol, 0, 0});
  return table;
}

HuffmanTable read_huffman_table(Section section, size_t* bytes) {
  const std::string field = "Huffman_Tree_Description";
  const size_t header = section.little_endian(0, 1, field + ".header_byte");
  std::vector<int> weights;
  if (header < 128) {
    *bytes = 1 + header;
    weights = decode_fse_weights(section.part(1, header, field));
  } else {
    const size_t count = header - 127;
    *bytes = 1 + (count + 1) / 2;
    const Section packed = section.part(1, (count + 1) / 2, field + ".weights");
    for (size_t i = 0; i < count; ++i) {
      weights.push_back(i % 2 == 0 ? packed[i / 2] >> 4 : packed[i / 2] & 15);
    }
  }
  HuffmanTable table;
  table.max_bits = complete_weights(&weights, section.offset);
  // Codes grow from the longest length up, by symbol value inside a length.
  for (int weight = 1; weight <= table.max_bits; ++weight) {
    for (size_t s = 0; s < weights.size(); ++s) {
      if (weights[s] == weight) {
        table.cells.insert(table.cells.end(), size_t{1} << (weight - 1),
                           {static_cast<uint8_t>(s),
                            static_cast<uint8_t>(table.max_bits + 1 - weight)});
      }
    }
  }
  return table;
}

void decode_huffman_stream(const HuffmanTable& table, Section stream,
                           size_t count, const std::string& field,
                           std::vector<uint8_t>* out) {
  BackwardBits bits(stream, field);
  for (size_t i = 0; i < count; ++i) {
    BackwardBits ahead = bits;
    const HuffmanTable::Cell cell =
        table.cells[ahead.read_padded(table.max_bits)];
    bits.read(cell.bits);
    out->push_back(cell.symbol);
  }
  bits.expect_end();
}

}  // namespace gpu_zstd::testing
