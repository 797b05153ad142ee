// The last 53 bytes of a block-based SST file, block handles, and the checksum
// that follows each block (format facts: RocksDB table/format.h, format.cc).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "rocksdb/status.h"
#include "rocksdb/table.h"
#include "rocksdb_glue/sst/coding.h"

namespace gpu_zstd {

// One byte of compression type and four of checksum follow each block.
inline constexpr size_t kBlockTrailerBytes = 5;
inline constexpr size_t kFooterBytes = 53;

// Where a block lies: offset in the file and size without its trailer.
struct BlockHandle {
  uint64_t offset = 0;
  uint64_t size = 0;

  // First byte after the trailer.
  uint64_t end() const { return offset + size + kBlockTrailerBytes; }
  bool operator==(const BlockHandle&) const = default;
};

bool read_handle(ByteReader& reader, BlockHandle* handle);
void put_handle(const BlockHandle& handle, std::string* out);

struct Footer {
  uint32_t format_version = 0;  // 2 to 7
  rocksdb::ChecksumType checksum_type = rocksdb::kNoChecksum;
  BlockHandle metaindex;
  BlockHandle index;  // format_version < 6 only; later it is in the metaindex
  uint32_t base_context_checksum = 0;  // not 0 from format_version 6 on

  bool has_index_handle() const { return format_version < 6; }
};

// Reads and checks a footer. `bytes` are the file's last kFooterBytes, `file`
// names it in messages. NotSupported names tables of another format or of
// another version; Corruption says what was expected at which offset.
rocksdb::Status decode_footer(const std::string& file, uint64_t file_bytes,
                              Bytes bytes, Footer* footer);

// The footer as bytes for the file offset where it will stand.
std::string encode_footer(const Footer& footer, uint64_t footer_offset);

// Checksum of a block's payload and type byte, before the modifier.
uint32_t block_checksum(rocksdb::ChecksumType type, Bytes payload,
                        char compression_type);

// What format_version >= 6 adds to each checksum so that a block in the wrong
// place is seen; 0 with a base of 0.
uint32_t checksum_modifier(uint32_t base_context_checksum, uint64_t offset);

// What went wrong with a block, with file and offset: "FILE: at offset N: WHAT
// CAUSE". NotSupported if the cause is, otherwise Corruption.
rocksdb::Status block_error(const std::string& file, uint64_t offset,
                            const std::string& what,
                            const rocksdb::Status& cause);

// "FILE: at offset N: WHAT", as Corruption.
rocksdb::Status corrupt_at(const std::string& file, uint64_t offset,
                           const std::string& what);

}  // namespace gpu_zstd
