#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gpu_zstd::testing {

// Thrown by the frame checker's parts, caught in check_frame().
struct CheckFailure {
  size_t offset;
  std::string field;
  std::string expected;
};

// A part of the frame that remembers where in the frame it lies.
struct Section {
  std::span<const uint8_t> bytes;
  size_t offset = 0;

  size_t size() const { return bytes.size(); }
  uint8_t operator[](size_t i) const { return bytes[i]; }

  // The part [first, first + count); `field` is blamed when it is not there.
  Section part(size_t first, size_t count, const std::string& field) const {
    if (first > size() || count > size() - first) {
      throw CheckFailure{
          offset + (first < size() ? first : size()), field,
          std::to_string(count) + " bytes, but only " +
              std::to_string(first < size() ? size() - first : 0) +
              " are left"};
    }
    return {bytes.subspan(first, count), offset + first};
  }
  Section from(size_t first, const std::string& field) const {
    return part(first, first <= size() ? size() - first : 1, field);
  }
  uint64_t little_endian(size_t first, size_t count,
                         const std::string& field) const {
    const Section s = part(first, count, field);
    uint64_t value = 0;
    for (size_t i = 0; i < count; ++i) value |= uint64_t{s[i]} << (8 * i);
    return value;
  }
};

// Reads little-endian bit fields from the first byte on (RFC 8878, 4.1.1).
class ForwardBits {
 public:
  ForwardBits(Section section, std::string field)
      : section_(section), field_(std::move(field)) {}

  uint32_t read(int bits) {
    uint32_t value = 0;
    for (int i = 0; i < bits; ++i, ++position_) {
      if (position_ / 8 >= section_.size()) {
        throw CheckFailure{section_.offset + section_.size(), field_,
                           "more bits than the section holds"};
      }
      value |= uint32_t{(section_[position_ / 8] >> (position_ % 8)) & 1u} << i;
    }
    return value;
  }
  void unread(int bits) { position_ -= bits; }
  size_t bytes_used() const { return (position_ + 7) / 8; }

 private:
  Section section_;
  std::string field_;
  size_t position_ = 0;
};

// Reads a bitstream backwards from the highest set bit of its last byte, as
// Huffman and FSE streams are stored (RFC 8878, 4.1 and 4.2.2).
class BackwardBits {
 public:
  BackwardBits(Section section, std::string field)
      : section_(section), field_(std::move(field)) {
    if (section_.size() == 0 || section_[section_.size() - 1] == 0) {
      throw CheckFailure{section_.offset, field_,
                         "a final byte with a stop bit"};
    }
    left_ = static_cast<int64_t>(section_.size()) * 8;
    do {
      --left_;
    } while (bit(left_) == 0);
  }

  // Bits before the first read as zero, and bits_left() goes negative.
  uint32_t read_padded(int bits) {
    uint32_t value = 0;
    for (int i = 0; i < bits; ++i) {
      --left_;
      value = value << 1 | (left_ >= 0 ? bit(left_) : 0);
    }
    return value;
  }
  uint32_t read(int bits) {
    if (bits > left_) {
      throw CheckFailure{section_.offset, field_,
                         std::to_string(bits) + " more bits, but only " +
                             std::to_string(left_) + " are left"};
    }
    return read_padded(bits);
  }
  int64_t bits_left() const { return left_; }
  void expect_end() const {
    if (left_ != 0) {
      throw CheckFailure{section_.offset, field_,
                         "a stream consumed to its last bit, but " +
                             std::to_string(left_) + " bits are left"};
    }
  }

 private:
  uint32_t bit(int64_t position) const {
    return (section_[position / 8] >> (position % 8)) & 1u;
  }

  Section section_;
  std::string field_;
  int64_t left_ = 0;
};

}  // namespace gpu_zstd::testing
