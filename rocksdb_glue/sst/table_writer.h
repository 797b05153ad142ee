// An SST file being written: blocks in a row, then the footer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "rocksdb/file_system.h"
#include "rocksdb_glue/sst/block_store.h"
#include "rocksdb_glue/sst/footer.h"
#include "rocksdb_glue/sst/identity.h"

namespace gpu_zstd {

// Not thread-safe. After an error only destruction makes sense; the file stays
// for its owner to delete.
class TableWriter {
 public:
  // Truncates `path`. `fs` must outlive the writer. Of `format` the version,
  // the checksum type and the base context checksum count.
  static rocksdb::Status create(rocksdb::FileSystem& fs,
                                const std::string& path, const Footer& format,
                                std::unique_ptr<TableWriter>* writer);

  uint64_t offset() const { return offset_; }
  // Of all that append_run() wrote.
  ContentHash& hash() { return hash_; }
  rocksdb::ChecksumType checksum_type() const { return format_.checksum_type; }

  // Puts the run's blocks here, their checksums completed, and adds where they
  // are to `handles`.
  rocksdb::Status append_run(StoredRun& run, std::vector<BlockHandle>* handles);

  // An uncompressed block. `checksummed`, if not null, is what the checksum is
  // made from instead (see TableLayout::seqno_outside_checksum).
  rocksdb::Status append_raw(Bytes block, BlockHandle* handle,
                             const std::string* checksummed = nullptr);

  // Writes the footer, syncs the file to the device and closes it.
  rocksdb::Status finish(const BlockHandle& metaindex,
                         const BlockHandle& index);

 private:
  TableWriter(const Footer& format,
              std::unique_ptr<rocksdb::FSWritableFile> file)
      : format_(format), file_(std::move(file)) {}

  rocksdb::Status append(Bytes bytes);

  Footer format_;
  const std::unique_ptr<rocksdb::FSWritableFile> file_;
  ContentHash hash_;
  uint64_t offset_ = 0;
};

}  // namespace gpu_zstd
