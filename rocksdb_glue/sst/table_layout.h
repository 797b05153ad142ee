// What lies where in an SST file, read from its metaindex, properties and index
// before any data block is touched.
//
//   data blocks | filter partitions | filter or filter index | hash index meta
//   | index partitions | index | dictionary | range tombstones | properties
//   | metaindex | footer
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "rocksdb_glue/sst/block_decompressor.h"
#include "rocksdb_glue/sst/entry_block.h"
#include "rocksdb_glue/sst/properties.h"
#include "rocksdb_glue/sst/table_file.h"

namespace gpu_zstd {

// What must be done with a block that the metaindex names.
enum class MetaKind {
  kFilter,             // no offsets inside: copied
  kRangeTombstones,    // likewise
  kHashIndex,          // prefixes of a hash index: no offsets, maybe compressed
  kPartitionedFilter,  // an index of filter partitions
  kIndex,
  kDictionary,
  kProperties,
};

struct MetaBlock {
  std::string name;  // as the metaindex has it
  MetaKind kind = MetaKind::kFilter;
  BlockHandle handle;
};

// A block of an index, decompressed and taken apart.
struct IndexPart {
  BlockHandle handle;
  rocksdb::CompressionType stored_type = rocksdb::kNoCompression;
  std::unique_ptr<const std::string> contents;  // what `block` points into
  IndexBlock block;
};

struct TableLayout {
  std::vector<MetaBlock> meta_blocks;  // in metaindex order, which is by name
  PropertySet properties;
  // The properties' checksum was made with a global seqno of 0: ingestion wrote
  // the number into the finished file (RocksDB meta_blocks.cc).
  bool seqno_outside_checksum = false;
  std::string dictionary;

  IndexStyle index_style;
  bool two_level = false;
  IndexPart index;                     // top level if two_level
  std::vector<IndexPart> index_parts;  // the partitions of a two-level index
  bool has_filter_index = false;
  IndexPart filter_index;  // of a partitioned filter; names its partitions

  std::vector<BlockHandle> data_blocks;  // in key order, which is file order
  uint64_t padding_bytes = 0;            // zeros between blocks (alignment)

  const MetaBlock* find(MetaKind kind) const;
};

// Reads and checks all of it. Every checksum of the blocks it reads is
// verified, blocks lie inside the file and overlap nowhere, and bytes outside
// of blocks are zero. Memory grows with the index, at about 3 times its size.
// NotSupported names what rewriting could not keep exactly: foreign compression
// managers, user-defined indexes, embedded blobs, meta blocks unknown to us.
rocksdb::Status read_layout(const TableFile& file, uint64_t max_block_bytes,
                            TableLayout* layout);

}  // namespace gpu_zstd
