// Everything after the data blocks of a rewrite.
#pragma once

#include <vector>

#include "rocksdb_glue/sst/rewrite.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "rocksdb_glue/sst/table_writer.h"

namespace gpu_zstd {

// Writes filters, indexes, range tombstones, properties, metaindex and footer,
// and finishes the file. `data` are the new places of layout.data_blocks,
// `counts` what became of them. Indexes are compressed where the source's were,
// or where the source was not compressed at all.
rocksdb::Status write_tail(const TableFile& source, const TableLayout& layout,
                           const std::vector<BlockHandle>& data,
                           const StoreCounts& counts,
                           const TableIdentity& identity, BlockEngine& engine,
                           uint64_t max_block_bytes, TableWriter& writer);

}  // namespace gpu_zstd
