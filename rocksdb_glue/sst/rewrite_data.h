// The data blocks of a rewrite: read, decompressed, compressed and checksummed
// on many threads, written in order.
#pragma once

#include <vector>

#include "rocksdb_glue/sst/rewrite.h"
#include "rocksdb_glue/sst/table_layout.h"
#include "rocksdb_glue/sst/table_writer.h"

namespace gpu_zstd {

// Appends all data blocks to `writer`; `handles` says where they are now.
rocksdb::Status rewrite_data_blocks(
    const TableFile& source, const TableLayout& layout, BlockEngine& engine,
    const RewriteOptions& options, TableWriter& writer,
    std::vector<BlockHandle>* handles, StoreCounts* counts);

}  // namespace gpu_zstd
