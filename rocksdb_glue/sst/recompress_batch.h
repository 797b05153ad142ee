// One batch of data blocks from the source's compression to ours.
#pragma once

#include "rocksdb_glue/sst/block_batch.h"
#include "rocksdb_glue/sst/block_decompressor.h"
#include "rocksdb_glue/sst/block_store.h"

namespace gpu_zstd {

// Decompresses the batch and compresses it again in calls of as many blocks as
// the engine likes. Errors name the source and the block's offset.
rocksdb::Status recompress_batch(const TableFile& source,
                                 const BlockBatch& batch,
                                 BlockDecompressor& decompressor,
                                 BlockEngine& engine,
                                 rocksdb::ChecksumType checksum_type,
                                 StoredRun* run);

}  // namespace gpu_zstd
