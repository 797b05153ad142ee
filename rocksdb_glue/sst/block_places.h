// Whether the blocks of a table lie side by side as they should.
#pragma once

#include <cstdint>

#include "rocksdb/status.h"
#include "rocksdb_glue/sst/table_layout.h"

namespace gpu_zstd {

// Corruption, with the offset, when a block that the layout names reaches out
// of the file or into another, or when bytes outside of all blocks are not
// zero. `padding_bytes` counts those that are.
rocksdb::Status check_block_places(const TableFile& file,
                                   const TableLayout& layout,
                                   uint64_t* padding_bytes);

}  // namespace gpu_zstd
