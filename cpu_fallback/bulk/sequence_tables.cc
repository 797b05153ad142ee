#include "cpu_fallback/bulk/sequence_tables.h"

#include <algorithm>
#include <array>
#include <bit>

namespace gpu_zstd {
namespace {

// RFC 8878, 3.1.1.3.2.2. A probability of -1 is "less than 1".
constexpr std::array<int16_t, 36> kLiteralLengthDefault = {
    4, 3, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1,  1,  2,  2,
    2, 2, 2, 2, 2, 2, 2, 3, 2, 1, 1, 1, 1, 1, -1, -1, -1, -1};
constexpr std::array<int16_t, 29> kOffsetDefault = {
    1, 1, 1, 1, 1, 1, 2, 2, 2, 1,  1,  1,  1,  1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1};
constexpr std::array<int16_t, 53> kMatchLengthDefault = {
    1, 4, 3, 2, 2, 2, 2, 2, 2, 1, 1,  1,  1,  1,  1,  1,  1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,  1,  1,  1,  1,  1,  1, 1,
    1, 1, 1, 1, 1, 1, 1, 1, 1, 1, -1, -1, -1, -1, -1, -1, -1};

unsigned max_accuracy_log(CodeKind kind) {
  return kind == CodeKind::kOffset ? 8 : 9;
}

size_t max_symbols(CodeKind kind) {
  switch (kind) {
    case CodeKind::kLiteralLength:
      return 36;
    case CodeKind::kOffset:
      return 32;
    default:
      return 53;
  }
}

unsigned floor_log2(uint32_t value) {
  return static_cast<unsigned>(std::bit_width(value)) - 1;
}

// RFC 8878, 4.1.1: rare symbols from the end of the table downwards, the others
// spread with a fixed step over what is left.
FseTable build_table(std::span<const int16_t> probabilities,
                     unsigned accuracy_log) {
  const size_t size = size_t{1} << accuracy_log;
  FseTable table{accuracy_log, std::vector<FseEntry>(size)};
  std::vector<uint32_t> next_state(probabilities.size());
  size_t high = size;
  for (size_t symbol = 0; symbol < probabilities.size(); ++symbol) {
    if (probabilities[symbol] == -1) {
      table.entries[--high].symbol = static_cast<uint8_t>(symbol);
      next_state[symbol] = 1;
    } else {
      next_state[symbol] = static_cast<uint32_t>(probabilities[symbol]);
    }
  }
  const size_t step = (size >> 1) + (size >> 3) + 3;
  size_t at = 0;
  for (size_t symbol = 0; symbol < probabilities.size(); ++symbol) {
    for (int i = 0; i < probabilities[symbol]; ++i) {
      table.entries[at].symbol = static_cast<uint8_t>(symbol);
      do {
        at = (at + step) & (size - 1);
      } while (at >= high);
    }
  }
  for (FseEntry& entry : table.entries) {
    const uint32_t state = next_state[entry.symbol]++;
    entry.bits = static_cast<uint8_t>(accuracy_log - floor_log2(state));
    entry.base = static_cast<uint16_t>((state << entry.bits) - size);
  }
  return table;
}

class ForwardBits {
 public:
  explicit ForwardBits(std::span<const char> data) : data_(data) {}
  uint32_t read(unsigned bits) {
    uint32_t value = 0;
    for (unsigned i = 0; i < bits; ++i, ++at_) {
      const size_t byte = at_ / 8;
      const unsigned bit =
          byte < data_.size()
              ? (static_cast<unsigned char>(data_[byte]) >> (at_ % 8)) & 1
              : 0;
      value |= bit << i;
    }
    return value;
  }
  void back(unsigned bits) { at_ -= bits; }
  size_t used_bytes() const { return (at_ + 7) / 8; }

 private:
  std::span<const char> data_;
  size_t at_ = 0;
};

// One probability; a short form takes a bit less (RFC 8878, 4.1.1).
int read_probability(ForwardBits& bits, int remaining) {
  const uint32_t range = static_cast<uint32_t>(remaining) + 1;
  const unsigned wide = floor_log2(range) + 1;
  const uint32_t low_mask = (1u << (wide - 1)) - 1;
  const uint32_t short_forms = (1u << wide) - 1 - range;
  uint32_t value = bits.read(wide);
  if ((value & low_mask) < short_forms) {
    bits.back(1);
    value &= low_mask;
  } else if (value > low_mask) {
    value -= short_forms;
  }
  return static_cast<int>(value) - 1;
}

}  // namespace

FseTable predefined_table(CodeKind kind) {
  switch (kind) {
    case CodeKind::kLiteralLength:
      return build_table(kLiteralLengthDefault, 6);
    case CodeKind::kOffset:
      return build_table(kOffsetDefault, 5);
    default:
      return build_table(kMatchLengthDefault, 6);
  }
}

FseTable single_symbol_table(uint8_t symbol) {
  return {0, {FseEntry{symbol, 0, 0}}};
}

std::optional<FseTable> read_table(CodeKind kind, std::span<const char> data,
                                   size_t* used_bytes) {
  ForwardBits bits(data);
  const unsigned accuracy_log = bits.read(4) + 5;
  if (accuracy_log > max_accuracy_log(kind)) {
    return std::nullopt;
  }
  std::vector<int16_t> probabilities;
  int remaining = 1 << accuracy_log;
  while (remaining > 0 && probabilities.size() < max_symbols(kind)) {
    const int probability = read_probability(bits, remaining);
    remaining -= std::max(probability, -probability);
    probabilities.push_back(static_cast<int16_t>(probability));
    uint32_t zeros = probability == 0 ? 3 : 0;
    while (zeros == 3) {
      zeros = bits.read(2);
      probabilities.insert(probabilities.end(), zeros, 0);
    }
  }
  *used_bytes = bits.used_bytes();
  if (remaining != 0 || probabilities.size() > max_symbols(kind) ||
      *used_bytes > data.size()) {
    return std::nullopt;
  }
  return build_table(probabilities, accuracy_log);
}

unsigned literal_length_bits(unsigned code) {
  constexpr std::array<uint8_t, 20> kBits = {
      1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  return code < 16 || code >= 36 ? 0 : kBits[code - 16];
}

unsigned match_length_bits(unsigned code) {
  constexpr std::array<uint8_t, 21> kBits = {
      1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};
  return code < 32 || code >= 53 ? 0 : kBits[code - 32];
}

// The highest set bit of the last byte marks the end.
BackwardBits::BackwardBits(std::span<const char> data) : data_(data) {
  if (data.empty() || data.back() == 0) {
    overrun_ = true;
    return;
  }
  left_ = static_cast<int64_t>(data.size() - 1) * 8 +
          floor_log2(static_cast<unsigned char>(data.back()));
}

uint64_t BackwardBits::read(unsigned bits) {
  uint64_t value = 0;
  for (unsigned i = 0; i < bits; ++i) {
    --left_;
    overrun_ = overrun_ || left_ < 0;
    const unsigned bit =
        left_ >= 0
            ? (static_cast<unsigned char>(data_[left_ / 8]) >> (left_ % 8)) & 1
            : 0;
    value = (value << 1) | bit;
  }
  return value;
}

}  // namespace gpu_zstd
