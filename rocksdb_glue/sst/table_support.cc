#include "rocksdb_glue/sst/table_support.h"

#include <array>

#include "rocksdb/table_properties.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;
using rocksdb::TablePropertiesNames;

struct KnownMetaBlock {
  Bytes name;
  bool is_prefix;
  MetaKind kind;
};

constexpr KnownMetaBlock kKnownMetaBlocks[] = {
    {"filter.", true, MetaKind::kFilter},
    {"fullfilter.", true, MetaKind::kFilter},
    {"partitionedfilter.", true, MetaKind::kPartitionedFilter},
    {"rocksdb.compression_dict", false, MetaKind::kDictionary},
    {"rocksdb.hashindex.metadata", false, MetaKind::kHashIndex},
    {"rocksdb.hashindex.prefixes", false, MetaKind::kHashIndex},
    {"rocksdb.index", false, MetaKind::kIndex},
    {"rocksdb.properties", false, MetaKind::kProperties},
    {"rocksdb.range_del", false, MetaKind::kRangeTombstones},
};

// util/compression.h, CompressionTypeToString.
constexpr std::array<Bytes, 9> kBuiltinNames = {
    "NoCompression", "Snappy", "Zlib", "BZip2",        "LZ4",
    "LZ4HC",         "Xpress", "ZSTD", "ZSTDNotFinal",
};

// format_version 7: "COMPATIBILITY_NAME;HEX_TYPES;", before it one of the
// built-in names. Very old files have none.
bool is_builtin_compression(uint32_t format_version, const std::string& name) {
  if (name.empty()) {
    return true;
  }
  if (format_version >= 7) {
    const std::string manager = name.substr(0, name.find(';'));
    return manager.empty() || manager == "nullptr" || manager == "BuiltinV2";
  }
  for (const Bytes builtin : kBuiltinNames) {
    if (name == builtin) {
      return true;
    }
  }
  return false;
}

}  // namespace

Status classify_meta_block(const std::string& file, const std::string& name,
                           MetaKind* kind) {
  for (const KnownMetaBlock& known : kKnownMetaBlocks) {
    if (known.is_prefix ? name.starts_with(known.name) : name == known.name) {
      *kind = known.kind;
      return Status::OK();
    }
  }
  if (name.starts_with("rocksdb.user_defined_index.")) {
    return Status::NotSupported(file + ": has the user-defined index '" + name +
                                "', which holds offsets of blocks");
  }
  return Status::NotSupported(file + ": has the meta block '" + name +
                              "', which is not known to be free of offsets");
}

Status check_properties(const std::string& file, uint32_t format_version,
                        const PropertySet& properties) {
  if (properties.find(kEmbeddedBlobProperty) != nullptr) {
    return Status::NotSupported(
        file + ": holds embedded blobs, to which its values have offsets");
  }
  const std::string* compression =
      properties.find(TablePropertiesNames::kCompression);
  if (compression != nullptr &&
      !is_builtin_compression(format_version, *compression)) {
    return Status::NotSupported(file + ": was compressed by '" + *compression +
                                "', expected RocksDB's built-in compression");
  }
  return Status::OK();
}

}  // namespace gpu_zstd
