#include "rocksdb_glue/sst/table_layout.h"

#include <algorithm>

#include "rocksdb/table_properties.h"
#include "rocksdb_glue/sst/block_places.h"
#include "rocksdb_glue/sst/table_support.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;
using rocksdb::TablePropertiesNames;
using IndexType = rocksdb::BlockBasedTableOptions::IndexType;

Status fault_in(const TableFile& file, const BlockHandle& handle,
                const std::string& what, const BlockFault& fault) {
  return corrupt_at(file.path(), handle.offset,
                    what + ": " + fault.what + " (byte " +
                        std::to_string(fault.at) + " of the block)");
}

// Reads one file's layout step by step; each step relies on those before it.
class LayoutReader {
 public:
  LayoutReader(const TableFile& file, BlockDecompressor& decompressor,
               TableLayout* layout)
      : file_(file),
        decompressor_(decompressor),
        scratch_(decompressor),
        layout_(*layout) {}

  Status read() {
    for (const auto step :
         {&LayoutReader::read_metaindex, &LayoutReader::read_properties,
          &LayoutReader::read_dictionary, &LayoutReader::read_index,
          &LayoutReader::read_filter_index, &LayoutReader::list_data_blocks,
          &LayoutReader::check_places}) {
      const Status status = (this->*step)();
      if (!status.ok()) {
        return status;
      }
    }
    return Status::OK();
  }

 private:
  Status read_metaindex();
  Status read_properties();
  Status read_dictionary();
  Status read_index();
  Status read_filter_index();
  Status list_data_blocks();
  Status check_places() {
    return check_block_places(file_, layout_, &layout_.padding_bytes);
  }

  // Meta blocks other than indexes are never compressed.
  Status read_raw(const BlockHandle& handle, const std::string& what,
                  std::string* contents);
  Status read_seqno_properties(const BlockHandle& handle);
  Status read_index_part(const BlockHandle& handle, const IndexStyle& style,
                         const std::string& what, IndexPart* part);

  const TableFile& file_;
  BlockDecompressor& decompressor_;
  BlockDecompressor::Scratch scratch_;
  TableLayout& layout_;
};

Status LayoutReader::read_raw(const BlockHandle& handle,
                              const std::string& what, std::string* contents) {
  StoredBlock stored;
  const Status status = file_.read_block(handle, what, &stored);
  if (!status.ok()) {
    return status;
  }
  if (stored.type != rocksdb::kNoCompression) {
    return corrupt_at(file_.path(), handle.offset + handle.size,
                      what + " has compression type " +
                          std::to_string(stored.type) + ", expected 0");
  }
  *contents = std::move(stored.payload);
  return Status::OK();
}

Status LayoutReader::read_metaindex() {
  const BlockHandle handle = file_.footer().metaindex;
  std::string block;
  Status status = read_raw(handle, "metaindex", &block);
  if (!status.ok()) {
    return status;
  }
  KeyValues entries;
  const BlockFault fault = parse_key_values(block, &entries);
  if (fault) {
    return fault_in(file_, handle, "metaindex", fault);
  }
  for (const auto& [name, value] : entries) {
    MetaBlock meta;
    meta.name = name;
    status = classify_meta_block(file_.path(), name, &meta.kind);
    if (!status.ok()) {
      return status;
    }
    ByteReader reader(value);
    if (!read_handle(reader, &meta.handle) || !reader.empty()) {
      return corrupt_at(file_.path(), handle.offset,
                        "metaindex: expected a handle for '" + name + "'");
    }
    layout_.meta_blocks.push_back(std::move(meta));
  }
  return Status::OK();
}

// As RocksDB's reader does: a failed checksum is tried again with the global
// sequence number set to 0.
Status LayoutReader::read_seqno_properties(const BlockHandle& handle) {
  std::string bytes;
  Status status =
      file_.read(handle.offset, handle.size + kBlockTrailerBytes, &bytes);
  if (!status.ok()) {
    return status;
  }
  KeyValues entries;
  std::vector<size_t> value_offsets;
  bool found = false;
  if (!parse_key_values(Bytes(bytes).substr(0, handle.size), &entries,
                        &value_offsets)) {
    for (size_t i = 0; i < entries.size(); ++i) {
      if (entries[i].first == kGlobalSeqnoProperty &&
          entries[i].second.size() == 8) {
        bytes.replace(value_offsets[i], 8, 8, '\0');
        found = true;
      }
    }
  }
  rocksdb::CompressionType type = rocksdb::kNoCompression;
  status = file_.verify_block(handle, "properties", bytes, &type);
  if (status.ok() && (!found || type != rocksdb::kNoCompression)) {
    status = Status::Corruption("not the global sequence number");
  }
  if (status.ok()) {
    layout_.properties = PropertySet(std::move(entries));
    layout_.seqno_outside_checksum = true;
  }
  return status;
}

Status LayoutReader::read_properties() {
  const MetaBlock* meta = layout_.find(MetaKind::kProperties);
  if (meta == nullptr) {
    return corrupt_at(file_.path(), file_.footer().metaindex.offset,
                      "metaindex: expected 'rocksdb.properties'");
  }
  const BlockHandle handle = meta->handle;
  std::string block;
  Status status = read_raw(handle, "properties", &block);
  if (status.ok()) {
    KeyValues entries;
    const BlockFault fault = parse_key_values(block, &entries);
    if (fault) {
      return fault_in(file_, handle, "properties", fault);
    }
    layout_.properties = PropertySet(std::move(entries));
  } else if (!status.IsCorruption() ||
             !file_.check_handle(handle, "properties", handle.offset).ok() ||
             !read_seqno_properties(handle).ok()) {
    return status;
  }
  return check_properties(file_.path(), file_.footer().format_version,
                          layout_.properties);
}

Status LayoutReader::read_dictionary() {
  const MetaBlock* meta = layout_.find(MetaKind::kDictionary);
  return meta == nullptr ? Status::OK()
                         : read_raw(meta->handle, "compression dictionary",
                                    &layout_.dictionary);
}

Status LayoutReader::read_index_part(const BlockHandle& handle,
                                     const IndexStyle& style,
                                     const std::string& what, IndexPart* part) {
  StoredBlock stored;
  Status status = file_.read_block(handle, what, &stored);
  if (!status.ok()) {
    return status;
  }
  std::string contents;
  status = decompressor_.decompress(stored.type, stored.payload, scratch_,
                                    &contents);
  if (!status.ok()) {
    return block_error(file_.path(), handle.offset, what, status);
  }
  part->handle = handle;
  part->stored_type = stored.type;
  part->contents = std::make_unique<const std::string>(std::move(contents));
  const BlockFault fault = parse_index(*part->contents, style, &part->block);
  return fault ? fault_in(file_, handle, what, fault) : Status::OK();
}

Status LayoutReader::read_index() {
  const std::string* type = layout_.properties.find(kIndexTypeProperty);
  if (type == nullptr || type->size() != 4) {
    return corrupt_at(file_.path(),
                      layout_.find(MetaKind::kProperties)->handle.offset,
                      std::string("properties: expected 4 bytes of '") +
                          kIndexTypeProperty + "'");
  }
  const uint32_t index_type = read_fixed32(type->data());
  if (index_type > IndexType::kBinarySearchWithFirstKey) {
    return Status::NotSupported(file_.path() + ": index type is " +
                                std::to_string(index_type) +
                                ", expected 0 to 3");
  }
  layout_.two_level = index_type == IndexType::kTwoLevelIndexSearch;
  layout_.index_style = {
      .delta_encoded =
          layout_.properties.number(
              TablePropertiesNames::kIndexValueIsDeltaEncoded, 0) != 0,
      .with_first_key = index_type == IndexType::kBinarySearchWithFirstKey};

  BlockHandle handle = file_.footer().index;
  if (!file_.footer().has_index_handle()) {
    const MetaBlock* meta = layout_.find(MetaKind::kIndex);
    if (meta == nullptr) {
      return corrupt_at(file_.path(), file_.footer().metaindex.offset,
                        "metaindex: expected 'rocksdb.index'");
    }
    handle = meta->handle;
  }
  Status status =
      read_index_part(handle, layout_.index_style, "index", &layout_.index);
  if (!status.ok() || !layout_.two_level) {
    return status;
  }
  uint64_t end = 0;
  for (const IndexBlock::Entry& entry : layout_.index.block.entries) {
    // A hostile index could name one large partition a million times.
    if (entry.handle.offset < end) {
      return corrupt_at(file_.path(), entry.handle.offset,
                        "index partition begins before the one ahead of it "
                        "ends");
    }
    end = entry.handle.end();
    layout_.index_parts.emplace_back();
    status = read_index_part(entry.handle, layout_.index_style,
                             "index partition", &layout_.index_parts.back());
    if (!status.ok()) {
      return status;
    }
  }
  return Status::OK();
}

Status LayoutReader::read_filter_index() {
  const MetaBlock* meta = layout_.find(MetaKind::kPartitionedFilter);
  if (meta == nullptr) {
    return Status::OK();
  }
  layout_.has_filter_index = true;
  const IndexStyle style{.delta_encoded = layout_.index_style.delta_encoded};
  return read_index_part(meta->handle, style, "filter index",
                         &layout_.filter_index);
}

Status LayoutReader::list_data_blocks() {
  const auto add = [this](const IndexPart& part) {
    for (const IndexBlock::Entry& entry : part.block.entries) {
      const Status status =
          file_.check_handle(entry.handle, "data block", part.handle.offset);
      if (!status.ok()) {
        return status;
      }
      if (!layout_.data_blocks.empty() &&
          entry.handle.offset < layout_.data_blocks.back().end()) {
        return corrupt_at(file_.path(), entry.handle.offset,
                          "data block begins before the one ahead of it ends");
      }
      layout_.data_blocks.push_back(entry.handle);
    }
    return Status::OK();
  };
  if (!layout_.two_level) {
    return add(layout_.index);
  }
  for (const IndexPart& part : layout_.index_parts) {
    const Status status = add(part);
    if (!status.ok()) {
      return status;
    }
  }
  return Status::OK();
}

}  // namespace

const MetaBlock* TableLayout::find(MetaKind kind) const {
  const auto found =
      std::find_if(meta_blocks.begin(), meta_blocks.end(),
                   [kind](const MetaBlock& meta) { return meta.kind == kind; });
  return found != meta_blocks.end() ? &*found : nullptr;
}

Status read_layout(const TableFile& file, uint64_t max_block_bytes,
                   TableLayout* layout) {
  // Indexes are compressed without the dictionary.
  std::unique_ptr<BlockDecompressor> decompressor;
  const Status status =
      BlockDecompressor::create("", max_block_bytes, &decompressor);
  return status.ok() ? LayoutReader(file, *decompressor, layout).read()
                     : status;
}

}  // namespace gpu_zstd
