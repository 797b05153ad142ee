#include "rocksdb_glue/sst/new_properties.h"

#include "rocksdb/table_properties.h"

namespace gpu_zstd {
namespace {

using Names = rocksdb::TablePropertiesNames;

void set_or_erase(PropertySet* properties, const std::string& name,
                  uint64_t value) {
  if (value != 0) {
    properties->set_number(name, value);
  } else {
    properties->erase(name);
  }
}

void grow(PropertySet* properties, const std::string& name, int64_t by) {
  properties->set_number(
      name, properties->number(name, 0) + static_cast<uint64_t>(by));
}

// block_based_table_builder.cc, PostPopulateCompressionProperties: the manager
// and the types of the file's compressed blocks, or the type's name.
std::string compression_name(uint32_t format_version, bool any_compressed) {
  if (format_version >= 7) {
    return any_compressed ? "BuiltinV2;07;" : "BuiltinV2;;";
  }
  return "ZSTD";
}

}  // namespace

std::string compression_options_text(int level) {
  return "window_bits=-14; level=" + std::to_string(level) +
         "; strategy=0; max_dict_bytes=0; zstd_max_train_bytes=0; enabled=1; "
         "max_dict_buffer_bytes=0; use_zstd_dict_trainer=1; _type=7; "
         "_rewriter=gpu_zstd.sst_recompress; ";
}

PropertySet new_properties(const PropertySet& source, uint32_t format_version,
                           const TableChanges& changes) {
  PropertySet properties = source;
  properties.set_number(Names::kDataSize, changes.data_bytes);
  properties.set_number(Names::kTailStartOffset, changes.data_bytes);
  grow(&properties, Names::kIndexSize, changes.index_growth);
  grow(&properties, Names::kFilterSize, changes.filter_growth);
  if (changes.two_level &&
      properties.find(Names::kTopLevelIndexSize) != nullptr) {
    properties.set_number(Names::kTopLevelIndexSize,
                          changes.top_level_index_bytes);
  }
  set_or_erase(&properties, Names::kNumDataBlocksCompressionRejected,
               changes.data.rejected);
  set_or_erase(&properties, Names::kNumDataBlocksCompressionBypassed,
               changes.data.bypassed);
  properties.set(Names::kCompression,
                 compression_name(format_version, changes.any_compressed));
  properties.set(Names::kCompressionOptions,
                 compression_options_text(changes.level));
  if (!changes.identity.db_id.empty()) {
    properties.set(Names::kDbId, changes.identity.db_id);
  }
  properties.set(Names::kDbSessionId, changes.identity.session_id);
  properties.set_number(Names::kOriginalFileNumber,
                        changes.identity.file_number);
  return properties;
}

}  // namespace gpu_zstd
