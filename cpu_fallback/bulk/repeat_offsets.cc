#include "cpu_fallback/bulk/repeat_offsets.h"

#include <algorithm>

#include "cpu_fallback/bulk/frame_format.h"

namespace gpu_zstd {
namespace {

unsigned byte_at(std::span<const char> data, size_t at) {
  return at < data.size() ? static_cast<unsigned char>(data[at]) : 0;
}

// Length of the literals section (RFC 8878, 3.1.1.3.1).
size_t literals_section_bytes(std::span<const char> block) {
  const unsigned first = byte_at(block, 0);
  const unsigned type = first & 3;
  const unsigned format = (first >> 2) & 3;
  uint64_t bits = 0;
  for (size_t i = 0; i < 5; ++i) {
    bits |= uint64_t{byte_at(block, i)} << (8 * i);
  }
  if (type <= 1) {  // raw or RLE
    const size_t header = format == 1 ? 2 : (format == 3 ? 3 : 1);
    const unsigned shift = header == 1 ? 3 : 4;
    const uint64_t mask = (uint64_t{1} << (8 * header)) - 1;
    return header + (type == 1 ? 1 : (bits & mask) >> shift);
  }
  switch (format) {
    case 2:
      return 4 + ((bits >> 18) & 0x3FFF);
    case 3:
      return 5 + ((bits >> 22) & 0x3FFFF);
    default:
      return 3 + ((bits >> 14) & 0x3FF);
  }
}

// Takes the number of sequences (3.1.1.3.2.1) off the front of `data`.
size_t take_count(std::span<const char>& data) {
  const unsigned first = byte_at(data, 0);
  size_t used = 1;
  size_t count = first;
  if (first == 255) {
    used = 3;
    count = byte_at(data, 1) + (byte_at(data, 2) << 8) + 0x7F00;
  } else if (first >= 128) {
    used = 2;
    count = ((first - 128) << 8) + byte_at(data, 1);
  }
  data = data.subspan(std::min(used, data.size()));
  return count;
}

// Takes one table off the front of `data` by its mode.
bool take_table(CodeKind kind, unsigned mode, std::span<const char>& data,
                std::optional<FseTable>* table) {
  size_t used = 0;
  switch (mode) {
    case 0:
      *table = predefined_table(kind);
      return true;
    case 1:
      if (data.empty()) {
        return false;
      }
      *table = single_symbol_table(static_cast<uint8_t>(data[0]));
      data = data.subspan(1);
      return true;
    case 2:
      *table = read_table(kind, data, &used);
      data = data.subspan(table->has_value() ? used : 0);
      return table->has_value();
    default:
      return table->has_value();  // the one of the block before
  }
}

class FseState {
 public:
  FseState(const FseTable& table, BackwardBits& bits)
      : table_(table), state_(bits.read(table.accuracy_log)) {}
  unsigned symbol() const { return table_.entries[state_].symbol; }
  void next(BackwardBits& bits) {
    const FseEntry& entry = table_.entries[state_];
    state_ = entry.base + bits.read(entry.bits);
  }

 private:
  const FseTable& table_;
  uint64_t state_;
};

}  // namespace

RepeatOffsetScan::Outcome RepeatOffsetScan::scan(std::span<const char> block) {
  const size_t literals = literals_section_bytes(block);
  if (literals >= block.size()) {
    return Outcome::kDependent;
  }
  std::span<const char> data = block.subspan(literals);
  const size_t sequences = take_count(data);
  if (sequences == 0) {
    return Outcome::kOpen;
  }
  return read_tables(data) ? follow(data, sequences) : Outcome::kDependent;
}

bool RepeatOffsetScan::read_tables(std::span<const char>& data) {
  if (data.empty()) {
    return false;
  }
  const unsigned modes = static_cast<unsigned char>(data[0]);
  data = data.subspan(1);
  return take_table(CodeKind::kLiteralLength, modes >> 6, data,
                    &tables_.literal_length) &&
         take_table(CodeKind::kOffset, (modes >> 4) & 3, data,
                    &tables_.offset) &&
         take_table(CodeKind::kMatchLength, (modes >> 2) & 3, data,
                    &tables_.match_length);
}

RepeatOffsetScan::Outcome RepeatOffsetScan::follow(std::span<const char> stream,
                                                   size_t sequences) {
  BackwardBits bits(stream);
  FseState literal_length(*tables_.literal_length, bits);
  FseState offset(*tables_.offset, bits);
  FseState match_length(*tables_.match_length, bits);
  for (size_t i = 0; i < sequences; ++i) {
    const unsigned offset_code = offset.symbol();
    if (offset_code > 31) {
      return Outcome::kDependent;
    }
    const uint64_t offset_value =
        (uint64_t{1} << offset_code) + bits.read(offset_code);
    bits.read(match_length_bits(match_length.symbol()));
    bits.read(literal_length_bits(literal_length.symbol()));
    if (bits.overrun() || !apply(offset_value, literal_length.symbol() == 0)) {
      return Outcome::kDependent;
    }
    if (known_[0] && known_[1] && known_[2]) {
      return Outcome::kIndependent;
    }
    if (i + 1 < sequences) {
      literal_length.next(bits);
      match_length.next(bits);
      offset.next(bits);
    }
  }
  return Outcome::kOpen;
}

// False: an unknown offset was used.
bool RepeatOffsetScan::apply(uint64_t offset_value, bool no_literals) {
  if (offset_value > 3) {
    known_ = {true, known_[0], known_[1]};
    return true;
  }
  const uint64_t which = offset_value - 1 + (no_literals ? 1 : 0);
  if (which == 3) {  // the first one less 1: a new offset
    const bool was_known = known_[0];
    known_ = {true, known_[0], known_[1]};
    return was_known;
  }
  if (!known_[which]) {
    return false;
  }
  for (size_t i = which; i > 0; --i) {
    known_[i] = known_[i - 1];
  }
  known_[0] = true;
  return true;
}

bool is_independent_of_repeats(std::span<const char> blocks) {
  RepeatOffsetScan scan;
  while (blocks.size() >= kBlockHeaderBytes) {
    const BlockHeader header = parse_block_header(blocks.data());
    blocks = blocks.subspan(kBlockHeaderBytes);
    if (header.stored_bytes > blocks.size()) {
      return false;
    }
    if (header.type == 2) {
      const auto outcome = scan.scan(blocks.first(header.stored_bytes));
      if (outcome != RepeatOffsetScan::Outcome::kOpen) {
        return outcome == RepeatOffsetScan::Outcome::kIndependent;
      }
    }
    blocks = blocks.subspan(header.stored_bytes);
  }
  return blocks.empty();
}

}  // namespace gpu_zstd
