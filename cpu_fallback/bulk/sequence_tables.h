// FSE decoding tables of zstd's sequence codes (RFC 8878, 4.1) and the
// backward bit stream they read: as much as looking at a block's first
// sequences needs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace gpu_zstd {

enum class CodeKind { kLiteralLength, kOffset, kMatchLength };

struct FseEntry {
  uint8_t symbol = 0;
  uint8_t bits = 0;  // to read for the next state
  uint16_t base = 0;
};

struct FseTable {
  unsigned accuracy_log = 0;  // 0: one state, which reads no bits
  std::vector<FseEntry> entries;
};

FseTable predefined_table(CodeKind kind);
FseTable single_symbol_table(uint8_t symbol);
// Reads a table description at the start of `data` and tells its length.
// Nothing when it is malformed.
std::optional<FseTable> read_table(CodeKind kind, std::span<const char> data,
                                   size_t* used_bytes);

// Extra bits of a length code; codes beyond the format's give 0.
unsigned literal_length_bits(unsigned code);
unsigned match_length_bits(unsigned code);

// Bits from the end of `data` to its start. Reads past the start give zeros
// and make overrun() true.
class BackwardBits {
 public:
  explicit BackwardBits(std::span<const char> data);
  uint64_t read(unsigned bits);  // at most 32
  bool overrun() const { return overrun_; }

 private:
  std::span<const char> data_;
  int64_t left_ = 0;
  bool overrun_ = false;
};

}  // namespace gpu_zstd
