#include "rocksdb_glue/sst/footer.h"

#include "rocksdb_glue/sst/rocksdb_checksum.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

// format_version <= 5                  format_version >= 6
//  0  checksum type                     0  checksum type
//  1  metaindex handle, index handle    1  extended magic
//     (varints), zero padding           5  checksum of the footer
//                                       9  base context checksum
//                                      13  metaindex size
//                                      17  zeros
// 41  format_version                   41  format_version
// 45  magic                            45  magic
constexpr size_t kPart2At = 1;
constexpr size_t kChecksumAt = 5;
constexpr size_t kReservedAt = 33;
constexpr size_t kVersionAt = 41;
constexpr size_t kMagicAt = 45;

constexpr uint64_t kBlockBasedMagic = 0x88e241b785f4cff7ULL;
constexpr Bytes kExtendedMagic("\x3e\0\x7a\0", 4);

struct ForeignMagic {
  uint64_t magic;
  const char* name;
};
constexpr ForeignMagic kForeignMagics[] = {
    {0xdb4775248b80fb57ULL, "block-based table of format_version 0 or 1"},
    {0x8242229663bf9564ULL, "plain table"},
    {0x4f3418eb7a8f13b8ULL, "plain table of format_version 0"},
    {0x926789d0c5f17873ULL, "cuckoo table"},
};

std::string hex(uint64_t value) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text = "0x";
  for (int shift = 60; shift >= 0; shift -= 4) {
    text += kDigits[value >> shift & 15];
  }
  return text;
}

Status check_magic(const std::string& file, uint64_t footer_offset,
                   uint64_t magic) {
  if (magic == kBlockBasedMagic) {
    return Status::OK();
  }
  for (const ForeignMagic& foreign : kForeignMagics) {
    if (magic == foreign.magic) {
      return Status::NotSupported(file + ": is a " + foreign.name +
                                  "; only block-based tables of "
                                  "format_version 2 to 7 can be rewritten");
    }
  }
  return corrupt_at(file, footer_offset + kMagicAt,
                    "expected the magic number " + hex(kBlockBasedMagic) +
                        " of a block-based table, found " + hex(magic));
}

Status decode_handles(const std::string& file, uint64_t footer_offset,
                      Bytes part2, Footer* footer) {
  ByteReader reader(part2);
  if (!read_handle(reader, &footer->metaindex) ||
      !read_handle(reader, &footer->index)) {
    return corrupt_at(file, footer_offset + kPart2At,
                      "expected the handles of metaindex and index");
  }
  return Status::OK();
}

uint32_t footer_checksum(rocksdb::ChecksumType type, std::string bytes,
                         uint32_t base, uint64_t footer_offset) {
  write_fixed32(0, bytes.data() + kChecksumAt);
  return rocksdb::ComputeBuiltinChecksum(type, bytes.data(), bytes.size()) +
         checksum_modifier(base, footer_offset);
}

Status decode_extended(const std::string& file, uint64_t footer_offset,
                       Bytes bytes, Footer* footer) {
  if (bytes.substr(kPart2At, 4) != kExtendedMagic) {
    return corrupt_at(file, footer_offset + kPart2At,
                      "expected the extended magic of format_version >= 6");
  }
  const uint32_t base = read_fixed32(bytes.data() + 9);
  const uint64_t metaindex_bytes = read_fixed32(bytes.data() + 13);
  if (base == 0) {
    return corrupt_at(file, footer_offset + 9, "base context checksum is 0");
  }
  // A file without checksums still has the modifier in this place.
  const uint32_t stored = read_fixed32(bytes.data() + kChecksumAt);
  const uint32_t computed = footer_checksum(
      footer->checksum_type, std::string(bytes), base, footer_offset);
  if (stored != computed) {
    return corrupt_at(file, footer_offset,
                      "checksum of the footer is " + hex(stored) +
                          ", its bytes give " + hex(computed));
  }
  if (read_fixed64(bytes.data() + kReservedAt) != 0) {
    return Status::NotSupported(file +
                                ": footer uses a feature of a newer "
                                "RocksDB (reserved bytes are not 0)");
  }
  if (metaindex_bytes + kBlockTrailerBytes > footer_offset) {
    return corrupt_at(file, footer_offset + 13,
                      "metaindex of " + std::to_string(metaindex_bytes) +
                          " bytes is larger than the file");
  }
  footer->base_context_checksum = base;
  footer->metaindex = {footer_offset - kBlockTrailerBytes - metaindex_bytes,
                       metaindex_bytes};
  return Status::OK();
}

}  // namespace

bool read_handle(ByteReader& reader, BlockHandle* handle) {
  return reader.varint64(&handle->offset) && reader.varint64(&handle->size);
}

void put_handle(const BlockHandle& handle, std::string* out) {
  put_varint64(handle.offset, out);
  put_varint64(handle.size, out);
}

Status corrupt_at(const std::string& file, uint64_t offset,
                  const std::string& what) {
  return Status::Corruption(file + ": at offset " + std::to_string(offset) +
                            ": " + what);
}

Status block_error(const std::string& file, uint64_t offset,
                   const std::string& what, const Status& cause) {
  const char* state = cause.getState();
  const std::string message = file + ": at offset " + std::to_string(offset) +
                              ": " + what + " " +
                              (state != nullptr ? state : "cannot be read");
  return cause.IsNotSupported() ? Status::NotSupported(message)
                                : Status::Corruption(message);
}

uint32_t block_checksum(rocksdb::ChecksumType type, Bytes payload,
                        char compression_type) {
  return rocksdb::ComputeBuiltinChecksumWithLastByte(
      type, payload.data(), payload.size(), compression_type);
}

uint32_t checksum_modifier(uint32_t base_context_checksum, uint64_t offset) {
  if (base_context_checksum == 0) {
    return 0;
  }
  return base_context_checksum ^
         (static_cast<uint32_t>(offset) + static_cast<uint32_t>(offset >> 32));
}

Status decode_footer(const std::string& file, uint64_t file_bytes, Bytes bytes,
                     Footer* footer) {
  if (file_bytes < kFooterBytes || bytes.size() != kFooterBytes) {
    return corrupt_at(file, 0,
                      "file has " + std::to_string(file_bytes) +
                          " bytes, expected at least the " +
                          std::to_string(kFooterBytes) + " of a footer");
  }
  const uint64_t footer_offset = file_bytes - kFooterBytes;
  Status status =
      check_magic(file, footer_offset, read_fixed64(bytes.data() + kMagicAt));
  if (!status.ok()) {
    return status;
  }
  footer->format_version = read_fixed32(bytes.data() + kVersionAt);
  if (footer->format_version < 2 || footer->format_version > 7) {
    return Status::NotSupported(
        file + ": at offset " + std::to_string(footer_offset + kVersionAt) +
        ": format_version is " + std::to_string(footer->format_version) +
        ", expected 2 to 7");
  }
  const auto checksum_type = static_cast<unsigned char>(bytes[0]);
  if (checksum_type > rocksdb::kXXH3) {
    return corrupt_at(file, footer_offset,
                      "checksum type is " + std::to_string(checksum_type) +
                          ", expected 0 to 4");
  }
  footer->checksum_type = static_cast<rocksdb::ChecksumType>(checksum_type);
  return footer->has_index_handle()
             ? decode_handles(file, footer_offset,
                              bytes.substr(kPart2At, kVersionAt - kPart2At),
                              footer)
             : decode_extended(file, footer_offset, bytes, footer);
}

std::string encode_footer(const Footer& footer, uint64_t footer_offset) {
  std::string bytes(1, static_cast<char>(footer.checksum_type));
  if (footer.has_index_handle()) {
    put_handle(footer.metaindex, &bytes);
    put_handle(footer.index, &bytes);
  } else {
    bytes += kExtendedMagic;
    put_fixed32(0, &bytes);
    put_fixed32(footer.base_context_checksum, &bytes);
    put_fixed32(static_cast<uint32_t>(footer.metaindex.size), &bytes);
  }
  bytes.resize(kVersionAt, '\0');
  put_fixed32(footer.format_version, &bytes);
  put_fixed64(kBlockBasedMagic, &bytes);
  if (!footer.has_index_handle()) {
    write_fixed32(footer_checksum(footer.checksum_type, bytes,
                                  footer.base_context_checksum, footer_offset),
                  bytes.data() + kChecksumAt);
  }
  return bytes;
}

}  // namespace gpu_zstd
