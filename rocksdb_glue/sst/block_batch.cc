#include "rocksdb_glue/sst/block_batch.h"

namespace gpu_zstd {

std::vector<BlockRange> plan_batches(std::span<const BlockHandle> handles,
                                     uint64_t batch_bytes) {
  std::vector<BlockRange> ranges;
  for (size_t i = 0; i < handles.size(); ++i) {
    if (ranges.empty() ||
        handles[i].end() - handles[ranges.back().begin].offset > batch_bytes) {
      ranges.push_back({i, i});
    }
    ranges.back().end = i + 1;
  }
  return ranges;
}

rocksdb::Status read_batch(const TableFile& file,
                           std::span<const BlockHandle> handles,
                           BlockBatch* batch) {
  const uint64_t begin = handles.front().offset;
  rocksdb::Status status =
      file.read(begin, handles.back().end() - begin, &batch->bytes);
  for (size_t i = 0; i < handles.size() && status.ok(); ++i) {
    const Bytes stored = Bytes(batch->bytes)
                             .substr(handles[i].offset - begin,
                                     handles[i].size + kBlockTrailerBytes);
    BlockBatch::Block block{handles[i], stored.substr(0, handles[i].size)};
    status = file.verify_block(handles[i], "data block", stored, &block.type);
    batch->blocks.push_back(block);
  }
  return status;
}

}  // namespace gpu_zstd
