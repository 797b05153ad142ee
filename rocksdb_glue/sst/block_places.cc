#include "rocksdb_glue/sst/block_places.h"

#include <algorithm>

namespace gpu_zstd {
namespace {

using rocksdb::Status;

// Bytes that no block accounts for may only be the zeros of an alignment.
Status check_gap(const TableFile& file, uint64_t begin, uint64_t end) {
  constexpr uint64_t kChunkBytes = 1 << 16;
  std::string bytes;
  for (uint64_t at = begin; at < end; at += bytes.size()) {
    const Status status =
        file.read(at, std::min(kChunkBytes, end - at), &bytes);
    if (!status.ok()) {
      return status;
    }
    const size_t found = bytes.find_first_not_of('\0');
    if (found != std::string::npos) {
      return corrupt_at(file.path(), at + found,
                        "byte belongs to no block, expected the zeros of an "
                        "alignment");
    }
  }
  return Status::OK();
}

std::vector<BlockHandle> blocks_by_place(const TableFile& file,
                                         const TableLayout& layout) {
  std::vector<BlockHandle> all = layout.data_blocks;
  const auto add_entries = [&all](const IndexPart& part) {
    for (const IndexBlock::Entry& entry : part.block.entries) {
      all.push_back(entry.handle);
    }
  };
  if (layout.two_level) {
    add_entries(layout.index);
  }
  add_entries(layout.filter_index);
  for (const MetaBlock& meta : layout.meta_blocks) {
    all.push_back(meta.handle);
  }
  if (file.footer().has_index_handle()) {
    all.push_back(layout.index.handle);
  }
  all.push_back(file.footer().metaindex);
  std::sort(all.begin(), all.end(),
            [](const BlockHandle& a, const BlockHandle& b) {
              return a.offset < b.offset;
            });
  return all;
}

}  // namespace

Status check_block_places(const TableFile& file, const TableLayout& layout,
                          uint64_t* padding_bytes) {
  uint64_t end = 0;
  for (const BlockHandle& handle : blocks_by_place(file, layout)) {
    Status status = file.check_handle(handle, "a block", handle.offset);
    if (status.ok() && handle.offset < end) {
      status = corrupt_at(file.path(), handle.offset, "blocks overlap");
    }
    if (status.ok()) {
      *padding_bytes += handle.offset - end;
      status = check_gap(file, end, handle.offset);
    }
    if (!status.ok()) {
      return status;
    }
    end = handle.end();
  }
  const uint64_t footer_offset = file.file_bytes() - kFooterBytes;
  *padding_bytes += footer_offset - end;
  return check_gap(file, end, footer_offset);
}

}  // namespace gpu_zstd
