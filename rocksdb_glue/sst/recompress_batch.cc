#include "rocksdb_glue/sst/recompress_batch.h"

namespace gpu_zstd {

using rocksdb::Status;

Status recompress_batch(const TableFile& source, const BlockBatch& batch,
                        BlockDecompressor& decompressor, BlockEngine& engine,
                        rocksdb::ChecksumType checksum_type, StoredRun* run) {
  BlockDecompressor::Scratch scratch(decompressor);
  CompressScratch compress_scratch;
  std::vector<std::string> blocks;
  run->bytes.reserve(batch.bytes.size() + batch.bytes.size() / 8);
  size_t used = 0;  // of `blocks`; the rest keeps its memory
  uint64_t waiting_bytes = 0;
  for (size_t i = 0; i < batch.blocks.size(); ++i) {
    const BlockBatch::Block& stored = batch.blocks[i];
    if (used == blocks.size()) {
      blocks.emplace_back();
    }
    Status status = decompressor.decompress(stored.type, stored.payload,
                                            scratch, &blocks[used]);
    if (!status.ok()) {
      return block_error(source.path(), stored.handle.offset, "data block",
                         status);
    }
    waiting_bytes += blocks[used].size();
    ++used;
    if (waiting_bytes >= engine.preferred_call_bytes() ||
        i + 1 == batch.blocks.size()) {
      status =
          compress_blocks(engine, checksum_type, std::span(blocks).first(used),
                          compress_scratch, run);
      if (!status.ok()) {
        return status;
      }
      used = 0;
      waiting_bytes = 0;
    }
  }
  return Status::OK();
}

}  // namespace gpu_zstd
