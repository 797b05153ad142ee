// Integers as RocksDB stores them (util/coding.h): little-endian fixed width,
// base-128 varints, zigzag for signed ones. Reading never leaves the bytes it
// was given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace gpu_zstd {

// Bytes of a file or of a decompressed block. Owned by someone else.
using Bytes = std::string_view;

// A cursor over untrusted bytes. Each read returns false, and leaves the output
// alone, when the bytes end too early or say an impossible number. A varint of
// more bytes than its number needs is accepted up to the type's width, as
// RocksDB does.
class ByteReader {
 public:
  explicit ByteReader(Bytes bytes) : bytes_(bytes) {}

  bool varint32(uint32_t* value);
  bool varint64(uint64_t* value);
  bool signed_varint64(int64_t* value);
  bool fixed32(uint32_t* value);
  bool fixed64(uint64_t* value);
  bool bytes(size_t count, Bytes* value);

  size_t position() const { return position_; }
  size_t remaining() const { return bytes_.size() - position_; }
  bool empty() const { return remaining() == 0; }

 private:
  Bytes bytes_;
  size_t position_ = 0;
};

void put_varint64(uint64_t value, std::string* out);
void put_signed_varint64(int64_t value, std::string* out);
void put_fixed32(uint32_t value, std::string* out);
void put_fixed64(uint64_t value, std::string* out);

// In place, for bytes that are already there.
uint32_t read_fixed32(const char* at);
uint64_t read_fixed64(const char* at);
void write_fixed32(uint32_t value, char* at);

}  // namespace gpu_zstd
