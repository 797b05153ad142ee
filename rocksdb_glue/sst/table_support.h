// Which tables can be rewritten without loss, decided from their names for
// things.
#pragma once

#include <cstdint>
#include <string>

#include "rocksdb/status.h"
#include "rocksdb_glue/sst/table_layout.h"

namespace gpu_zstd {

// What a metaindex entry is. NotSupported, naming it, when unknown: an unknown
// block may hold offsets that rewriting would make wrong.
rocksdb::Status classify_meta_block(const std::string& file,
                                    const std::string& name, MetaKind* kind);

// NotSupported, saying why, for tables that hold file offsets or compressed
// data that only others understand.
rocksdb::Status check_properties(const std::string& file,
                                 uint32_t format_version,
                                 const PropertySet& properties);

}  // namespace gpu_zstd
