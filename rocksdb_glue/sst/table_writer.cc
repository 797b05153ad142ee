#include "rocksdb_glue/sst/table_writer.h"

namespace gpu_zstd {

using rocksdb::Status;

Status TableWriter::create(rocksdb::FileSystem& fs, const std::string& path,
                           const Footer& format,
                           std::unique_ptr<TableWriter>* writer) {
  std::unique_ptr<rocksdb::FSWritableFile> file;
  const Status status =
      fs.NewWritableFile(path, rocksdb::FileOptions(), &file, /*dbg=*/nullptr);
  if (status.ok()) {
    writer->reset(new TableWriter(format, std::move(file)));
  }
  return status;
}

Status TableWriter::append(Bytes bytes) {
  const Status status =
      file_->Append(bytes, rocksdb::IOOptions(), /*dbg=*/nullptr);
  if (status.ok()) {
    offset_ += bytes.size();
  }
  return status;
}

Status TableWriter::append_run(StoredRun& run,
                               std::vector<BlockHandle>* handles) {
  uint64_t at = 0;
  for (const uint64_t size : run.block_bytes) {
    const BlockHandle handle{offset_ + at, size};
    char* checksum = run.bytes.data() + at + size + 1;
    write_fixed32(
        read_fixed32(checksum) +
            checksum_modifier(format_.base_context_checksum, handle.offset),
        checksum);
    handles->push_back(handle);
    at += size + kBlockTrailerBytes;
  }
  hash_.add(run.bytes);
  return append(run.bytes);
}

Status TableWriter::append_raw(Bytes block, BlockHandle* handle,
                               const std::string* checksummed) {
  *handle = {offset_, block.size()};
  constexpr char kRaw = rocksdb::kNoCompression;
  const Bytes covered = checksummed != nullptr ? Bytes(*checksummed) : block;
  std::string bytes(block);
  bytes += kRaw;
  put_fixed32(block_checksum(format_.checksum_type, covered, kRaw) +
                  checksum_modifier(format_.base_context_checksum, offset_),
              &bytes);
  return append(bytes);
}

Status TableWriter::finish(const BlockHandle& metaindex,
                           const BlockHandle& index) {
  format_.metaindex = metaindex;
  format_.index = index;
  if (metaindex.size > UINT32_MAX) {
    return Status::NotSupported("metaindex is larger than 4 GiB");
  }
  Status status = append(encode_footer(format_, offset_));
  if (status.ok()) {
    status = file_->Fsync(rocksdb::IOOptions(), /*dbg=*/nullptr);
  }
  if (status.ok()) {
    status = file_->Close(rocksdb::IOOptions(), /*dbg=*/nullptr);
  }
  return status;
}

}  // namespace gpu_zstd
