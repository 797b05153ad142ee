#include "rocksdb_glue/sst/coding.h"

namespace gpu_zstd {

bool ByteReader::varint64(uint64_t* value) {
  uint64_t result = 0;
  size_t at = position_;
  for (unsigned shift = 0; shift < 64 && at < bytes_.size(); shift += 7) {
    const auto byte = static_cast<unsigned char>(bytes_[at++]);
    result |= static_cast<uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) {
      if (shift == 63 && byte > 1) {
        return false;
      }
      *value = result;
      position_ = at;
      return true;
    }
  }
  return false;
}

bool ByteReader::varint32(uint32_t* value) {
  const size_t begin = position_;
  uint64_t wide = 0;
  if (!varint64(&wide)) {
    return false;
  }
  if (wide > UINT32_MAX) {
    position_ = begin;
    return false;
  }
  *value = static_cast<uint32_t>(wide);
  return true;
}

bool ByteReader::signed_varint64(int64_t* value) {
  uint64_t zigzag = 0;
  if (!varint64(&zigzag)) {
    return false;
  }
  *value = static_cast<int64_t>((zigzag >> 1) ^ (~(zigzag & 1) + 1));
  return true;
}

bool ByteReader::fixed32(uint32_t* value) {
  Bytes raw;
  if (!bytes(4, &raw)) {
    return false;
  }
  *value = read_fixed32(raw.data());
  return true;
}

bool ByteReader::fixed64(uint64_t* value) {
  Bytes raw;
  if (!bytes(8, &raw)) {
    return false;
  }
  *value = read_fixed64(raw.data());
  return true;
}

bool ByteReader::bytes(size_t count, Bytes* value) {
  if (count > remaining()) {
    return false;
  }
  *value = bytes_.substr(position_, count);
  position_ += count;
  return true;
}

void put_varint64(uint64_t value, std::string* out) {
  while (value >= 0x80) {
    out->push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  out->push_back(static_cast<char>(value));
}

void put_signed_varint64(int64_t value, std::string* out) {
  const auto bits = static_cast<uint64_t>(value);
  put_varint64((bits << 1) ^ (value < 0 ? ~uint64_t{0} : 0), out);
}

void put_fixed32(uint32_t value, std::string* out) {
  char raw[4];
  write_fixed32(value, raw);
  out->append(raw, sizeof raw);
}

void put_fixed64(uint64_t value, std::string* out) {
  put_fixed32(static_cast<uint32_t>(value), out);
  put_fixed32(static_cast<uint32_t>(value >> 32), out);
}

uint32_t read_fixed32(const char* at) {
  uint32_t value = 0;
  for (unsigned i = 0; i < 4; ++i) {
    value |= static_cast<uint32_t>(static_cast<unsigned char>(at[i])) << 8 * i;
  }
  return value;
}

uint64_t read_fixed64(const char* at) {
  return read_fixed32(at) | static_cast<uint64_t>(read_fixed32(at + 4)) << 32;
}

void write_fixed32(uint32_t value, char* at) {
  for (unsigned i = 0; i < 4; ++i) {
    at[i] = static_cast<char>(value >> 8 * i);
  }
}

}  // namespace gpu_zstd
