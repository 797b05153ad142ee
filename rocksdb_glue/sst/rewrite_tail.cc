#include "rocksdb_glue/sst/rewrite_tail.h"

#include <algorithm>

#include "rocksdb_glue/sst/new_properties.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

bool any_part_compressed(const TableLayout& layout) {
  const auto is_compressed = [](const IndexPart& part) {
    return part.stored_type != rocksdb::kNoCompression;
  };
  return is_compressed(layout.index) ||
         std::any_of(layout.index_parts.begin(), layout.index_parts.end(),
                     is_compressed);
}

// "NoCompression", or no type between the separators of format_version 7.
bool source_uncompressed(const TableLayout& layout) {
  const std::string* name = layout.properties.find("rocksdb.compression");
  if (name == nullptr) {
    return false;
  }
  const size_t separator = name->find(';');
  return separator == std::string::npos ? *name == "NoCompression"
                                        : name->substr(separator) == ";;";
}

class TailWriter {
 public:
  TailWriter(const TableFile& source, const TableLayout& layout,
             BlockEngine& engine, uint64_t max_block_bytes, TableWriter& writer)
      : source_(source),
        layout_(layout),
        engine_(engine),
        max_block_bytes_(max_block_bytes),
        writer_(writer),
        compress_index_(any_part_compressed(layout) ||
                        source_uncompressed(layout)) {}

  // What has changed so far; write_properties() uses all of it.
  TableChanges& changes() { return changes_; }

  Status write(const std::vector<BlockHandle>& data);

 private:
  Status write_verbatim(const MetaBlock& meta);
  Status write_filter_index(const MetaBlock& meta);
  Status write_hash_index(const MetaBlock& meta);
  Status write_index(const std::vector<BlockHandle>& data);
  Status write_index_parts(const std::vector<BlockHandle>& data,
                           std::vector<BlockHandle>* parts);
  Status write_properties(const MetaBlock& meta);
  Status write_metaindex();

  // Each block of one of the kinds, in metaindex order.
  Status for_each(MetaKind kind,
                  Status (TailWriter::*write_one)(const MetaBlock&));
  Status copy_raw(const BlockHandle& from, const std::string& what,
                  BlockHandle* to);
  Status append_index(const IndexPart& part, const IndexStyle& style,
                      const std::vector<BlockHandle>& handles, bool compress,
                      BlockHandle* handle, int64_t* growth);
  Status append_compressed(std::string block, BlockHandle* handle);
  void name_block(const std::string& name, const BlockHandle& handle);

  const TableFile& source_;
  const TableLayout& layout_;
  BlockEngine& engine_;
  const uint64_t max_block_bytes_;
  TableWriter& writer_;
  const bool compress_index_;
  TableChanges changes_;
  KeyValues metaindex_;
  BlockHandle index_handle_;
};

void TailWriter::name_block(const std::string& name,
                            const BlockHandle& handle) {
  std::string value;
  put_handle(handle, &value);
  metaindex_.emplace_back(name, std::move(value));
}

Status TailWriter::for_each(MetaKind kind,
                            Status (TailWriter::*write_one)(const MetaBlock&)) {
  for (const MetaBlock& meta : layout_.meta_blocks) {
    if (meta.kind == kind) {
      const Status status = (this->*write_one)(meta);
      if (!status.ok()) {
        return status;
      }
    }
  }
  return Status::OK();
}

Status TailWriter::copy_raw(const BlockHandle& from, const std::string& what,
                            BlockHandle* to) {
  StoredBlock stored;
  const Status status = source_.read_block(from, what, &stored);
  if (!status.ok()) {
    return status;
  }
  if (stored.type != rocksdb::kNoCompression) {
    return corrupt_at(source_.path(), from.offset + from.size,
                      what + " has compression type " +
                          std::to_string(stored.type) + ", expected 0");
  }
  return writer_.append_raw(stored.payload, to);
}

Status TailWriter::write_verbatim(const MetaBlock& meta) {
  BlockHandle handle;
  const Status status = copy_raw(meta.handle, "'" + meta.name + "'", &handle);
  if (status.ok()) {
    name_block(meta.name, handle);
  }
  return status;
}

Status TailWriter::append_compressed(std::string block, BlockHandle* handle) {
  StoredRun run;
  CompressScratch scratch;
  Status status = compress_blocks(engine_, writer_.checksum_type(),
                                  std::span(&block, 1), scratch, &run);
  std::vector<BlockHandle> handles;
  if (status.ok()) {
    status = writer_.append_run(run, &handles);
  }
  if (status.ok()) {
    *handle = handles.front();
    changes_.any_compressed |= run.counts.rejected + run.counts.bypassed == 0;
  }
  return status;
}

Status TailWriter::append_index(const IndexPart& part, const IndexStyle& style,
                                const std::vector<BlockHandle>& handles,
                                bool compress, BlockHandle* handle,
                                int64_t* growth) {
  std::string block;
  if (!build_index(part.block, style, handles, &block)) {
    return Status::NotSupported(source_.path() + ": at offset " +
                                std::to_string(part.handle.offset) +
                                ": index cannot be made again with new "
                                "handles");
  }
  *growth += static_cast<int64_t>(block.size() - part.contents->size());
  return compress ? append_compressed(std::move(block), handle)
                  : writer_.append_raw(block, handle);
}

Status TailWriter::write_filter_index(const MetaBlock& meta) {
  std::vector<BlockHandle> partitions;
  for (const IndexBlock::Entry& entry : layout_.filter_index.block.entries) {
    partitions.emplace_back();
    const Status status =
        copy_raw(entry.handle, "filter partition", &partitions.back());
    if (!status.ok()) {
      return status;
    }
  }
  const IndexStyle style{.delta_encoded = layout_.index_style.delta_encoded};
  BlockHandle handle;
  const Status status =
      append_index(layout_.filter_index, style, partitions, /*compress=*/false,
                   &handle, &changes_.filter_growth);
  if (status.ok()) {
    name_block(meta.name, handle);
  }
  return status;
}

Status TailWriter::write_hash_index(const MetaBlock& meta) {
  const std::string what = "'" + meta.name + "'";
  StoredBlock stored;
  Status status = source_.read_block(meta.handle, what, &stored);
  std::unique_ptr<BlockDecompressor> decompressor;
  if (status.ok()) {
    status = BlockDecompressor::create("", max_block_bytes_, &decompressor);
  }
  if (!status.ok()) {
    return status;
  }
  std::string block;
  BlockDecompressor::Scratch scratch(*decompressor);
  status =
      decompressor->decompress(stored.type, stored.payload, scratch, &block);
  if (!status.ok()) {
    return block_error(source_.path(), meta.handle.offset, what, status);
  }
  BlockHandle handle;
  status = compress_index_ ? append_compressed(std::move(block), &handle)
                           : writer_.append_raw(block, &handle);
  if (status.ok()) {
    name_block(meta.name, handle);
  }
  return status;
}

Status TailWriter::write_index_parts(const std::vector<BlockHandle>& data,
                                     std::vector<BlockHandle>* parts) {
  auto next = data.begin();
  for (const IndexPart& part : layout_.index_parts) {
    const auto end = next + static_cast<ptrdiff_t>(part.block.entries.size());
    parts->emplace_back();
    const Status status = append_index(
        part, layout_.index_style, std::vector<BlockHandle>(next, end),
        compress_index_, &parts->back(), &changes_.index_growth);
    if (!status.ok()) {
      return status;
    }
    next = end;
  }
  return Status::OK();
}

Status TailWriter::write_index(const std::vector<BlockHandle>& data) {
  Status status;
  std::vector<BlockHandle> parts;
  int64_t growth = 0;
  if (layout_.two_level) {
    status = write_index_parts(data, &parts);
  }
  if (status.ok()) {
    status = append_index(layout_.index, layout_.index_style,
                          layout_.two_level ? parts : data, compress_index_,
                          &index_handle_, &growth);
  }
  changes_.index_growth += growth;
  changes_.two_level = layout_.two_level;
  changes_.top_level_index_bytes =
      layout_.index.contents->size() + static_cast<uint64_t>(growth);
  if (status.ok() && !source_.footer().has_index_handle()) {
    name_block(layout_.find(MetaKind::kIndex)->name, index_handle_);
  }
  return status;
}

Status TailWriter::write_properties(const MetaBlock& meta) {
  PropertySet properties = new_properties(
      layout_.properties, source_.footer().format_version, changes_);
  const std::string block = build_key_values(properties.entries(), SIZE_MAX);
  std::string checksummed;
  if (layout_.seqno_outside_checksum) {
    properties.set(kGlobalSeqnoProperty, std::string(8, '\0'));
    checksummed = build_key_values(properties.entries(), SIZE_MAX);
  }
  BlockHandle handle;
  const Status status = writer_.append_raw(
      block, &handle, checksummed.empty() ? nullptr : &checksummed);
  if (status.ok()) {
    name_block(meta.name, handle);
  }
  return status;
}

Status TailWriter::write_metaindex() {
  std::sort(metaindex_.begin(), metaindex_.end());
  BlockHandle handle;
  const Status status = writer_.append_raw(
      build_key_values(metaindex_, /*restart_interval=*/1), &handle);
  return status.ok() ? writer_.finish(handle, index_handle_) : status;
}

// The order of BlockBasedTableBuilder::Finish(). The dictionary goes.
Status TailWriter::write(const std::vector<BlockHandle>& data) {
  Status status = for_each(MetaKind::kFilter, &TailWriter::write_verbatim);
  if (status.ok()) {
    status =
        for_each(MetaKind::kPartitionedFilter, &TailWriter::write_filter_index);
  }
  if (status.ok()) {
    status = for_each(MetaKind::kHashIndex, &TailWriter::write_hash_index);
  }
  if (status.ok()) {
    status = write_index(data);
  }
  if (status.ok()) {
    status = for_each(MetaKind::kRangeTombstones, &TailWriter::write_verbatim);
  }
  if (status.ok()) {
    status = for_each(MetaKind::kProperties, &TailWriter::write_properties);
  }
  return status.ok() ? write_metaindex() : status;
}

}  // namespace

Status write_tail(const TableFile& source, const TableLayout& layout,
                  const std::vector<BlockHandle>& data,
                  const StoreCounts& counts, const TableIdentity& identity,
                  BlockEngine& engine, uint64_t max_block_bytes,
                  TableWriter& writer) {
  TailWriter tail(source, layout, engine, max_block_bytes, writer);
  tail.changes().data_bytes = writer.offset();
  tail.changes().data = counts;
  tail.changes().any_compressed =
      counts.blocks > counts.rejected + counts.bypassed;
  tail.changes().level = engine.level();
  tail.changes().identity = identity;
  return tail.write(data);
}

}  // namespace gpu_zstd
