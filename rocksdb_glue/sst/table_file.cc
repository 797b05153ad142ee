#include "rocksdb_glue/sst/table_file.h"

namespace gpu_zstd {

using rocksdb::Status;

Status TableFile::open(rocksdb::FileSystem& fs, const std::string& path,
                       std::unique_ptr<TableFile>* file) {
  uint64_t file_bytes = 0;
  Status status = fs.GetFileSize(path, rocksdb::IOOptions(), &file_bytes,
                                 /*dbg=*/nullptr);
  if (!status.ok()) {
    return status;
  }
  std::unique_ptr<TableFile> opened(new TableFile(path, file_bytes));
  status = fs.NewRandomAccessFile(path, rocksdb::FileOptions(), &opened->file_,
                                  /*dbg=*/nullptr);
  if (!status.ok()) {
    return status;
  }
  std::string bytes;
  if (file_bytes >= kFooterBytes) {
    status = opened->read(file_bytes - kFooterBytes, kFooterBytes, &bytes);
    if (!status.ok()) {
      return status;
    }
  }
  status = decode_footer(path, file_bytes, bytes, &opened->footer_);
  if (status.ok()) {
    *file = std::move(opened);
  }
  return status;
}

Status TableFile::check_handle(const BlockHandle& handle,
                               const std::string& what,
                               uint64_t stated_at) const {
  const uint64_t limit = file_bytes_ - kFooterBytes;
  if (limit < kBlockTrailerBytes || handle.offset > limit ||
      handle.size > limit - kBlockTrailerBytes ||
      handle.offset > limit - kBlockTrailerBytes - handle.size) {
    return corrupt_at(
        path_, stated_at,
        "handle of " + what + " says offset " + std::to_string(handle.offset) +
            ", size " + std::to_string(handle.size) +
            ", expected a block before the footer at " + std::to_string(limit));
  }
  return Status::OK();
}

Status TableFile::read(uint64_t offset, size_t count,
                       std::string* bytes) const {
  bytes->resize(count);
  rocksdb::Slice result;
  Status status = file_->Read(offset, count, rocksdb::IOOptions(), &result,
                              bytes->data(), /*dbg=*/nullptr);
  if (!status.ok()) {
    return status;
  }
  if (result.size() != count) {
    return corrupt_at(path_, offset + result.size(),
                      "file ends, expected " +
                          std::to_string(count - result.size()) +
                          " bytes more");
  }
  if (result.data() != bytes->data()) {
    bytes->assign(result.data(), result.size());
  }
  return Status::OK();
}

Status TableFile::verify_block(const BlockHandle& handle,
                               const std::string& what, Bytes bytes,
                               rocksdb::CompressionType* type) const {
  const Bytes payload = bytes.substr(0, handle.size);
  const char type_byte = bytes[handle.size];
  const uint32_t stored = read_fixed32(bytes.data() + handle.size + 1);
  const uint32_t computed =
      block_checksum(footer_.checksum_type, payload, type_byte) +
      checksum_modifier(footer_.base_context_checksum, handle.offset);
  if (stored != computed) {
    return corrupt_at(path_, handle.offset,
                      "checksum of " + what + " is " + std::to_string(stored) +
                          ", its " + std::to_string(handle.size) +
                          " bytes give " + std::to_string(computed));
  }
  *type = static_cast<rocksdb::CompressionType>(type_byte);
  return Status::OK();
}

Status TableFile::read_block(const BlockHandle& handle, const std::string& what,
                             StoredBlock* block) const {
  Status status = check_handle(handle, what, handle.offset);
  if (status.ok()) {
    status =
        read(handle.offset, handle.size + kBlockTrailerBytes, &block->payload);
  }
  if (status.ok()) {
    status = verify_block(handle, what, block->payload, &block->type);
  }
  if (status.ok()) {
    block->payload.resize(handle.size);
  }
  return status;
}

}  // namespace gpu_zstd
