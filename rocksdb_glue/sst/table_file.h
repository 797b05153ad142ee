// An SST file opened for reading: bounded, checksum-verified blocks.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "rocksdb/compression_type.h"
#include "rocksdb/file_system.h"
#include "rocksdb_glue/sst/footer.h"

namespace gpu_zstd {

// A block as it is stored: still compressed, its checksum verified.
struct StoredBlock {
  std::string payload;
  rocksdb::CompressionType type = rocksdb::kNoCompression;
};

// Thread-safe once open. Errors are Corruption with file and offset, or the
// file system's IOError.
class TableFile {
 public:
  // Reads and checks the footer. `fs` must outlive the file.
  static rocksdb::Status open(rocksdb::FileSystem& fs, const std::string& path,
                              std::unique_ptr<TableFile>* file);

  const std::string& path() const { return path_; }
  uint64_t file_bytes() const { return file_bytes_; }
  const Footer& footer() const { return footer_; }

  // Says whether a block of that handle lies before the footer. `what` names
  // the block in the message, `stated_at` is where the handle was read.
  rocksdb::Status check_handle(const BlockHandle& handle,
                               const std::string& what,
                               uint64_t stated_at) const;

  // Reads bytes [offset, offset + count), all of which must exist.
  rocksdb::Status read(uint64_t offset, size_t count, std::string* bytes) const;

  // Reads one block and verifies its checksum. The handle may be hostile.
  rocksdb::Status read_block(const BlockHandle& handle, const std::string& what,
                             StoredBlock* block) const;

  // Verifies the checksum of a block whose payload and trailer are `bytes`, and
  // gives its type.
  rocksdb::Status verify_block(const BlockHandle& handle,
                               const std::string& what, Bytes bytes,
                               rocksdb::CompressionType* type) const;

 private:
  TableFile(std::string path, uint64_t file_bytes)
      : path_(std::move(path)), file_bytes_(file_bytes) {}

  const std::string path_;
  const uint64_t file_bytes_;
  std::unique_ptr<rocksdb::FSRandomAccessFile> file_;
  Footer footer_;
};

}  // namespace gpu_zstd
