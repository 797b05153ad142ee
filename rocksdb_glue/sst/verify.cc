#include "rocksdb_glue/sst/verify.h"

#include <algorithm>

#include "rocksdb/table_properties.h"
#include "rocksdb_glue/sst/block_batch.h"
#include "rocksdb_glue/sst/ordered_pipeline.h"
#include "rocksdb_glue/sst/table_layout.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;
using Names = rocksdb::TablePropertiesNames;

struct Table {
  std::unique_ptr<TableFile> file;
  TableLayout layout;
  std::unique_ptr<BlockDecompressor> decompressor;

  Status open(rocksdb::FileSystem& fs, const std::string& path,
              uint64_t max_block_bytes) {
    Status status = TableFile::open(fs, path, &file);
    if (status.ok()) {
      status = read_layout(*file, max_block_bytes, &layout);
    }
    return status.ok() ? BlockDecompressor::create(
                             layout.dictionary, max_block_bytes, &decompressor)
                       : status;
  }

  Status differs(uint64_t offset, const std::string& what) const {
    return corrupt_at(file->path(), offset,
                      "verification: " + what + " differs from the source");
  }
};

bool same_index(const IndexPart& a, const IndexPart& b) {
  return a.block.restarts == b.block.restarts &&
         a.block.feature_bits == b.block.feature_bits &&
         std::equal(a.block.entries.begin(), a.block.entries.end(),
                    b.block.entries.begin(), b.block.entries.end(),
                    [](const IndexBlock::Entry& x, const IndexBlock::Entry& y) {
                      return x.shared == y.shared &&
                             x.key_suffix == y.key_suffix &&
                             x.first_key == y.first_key;
                    });
}

Status compare_indexes(const Table& source, const Table& output) {
  const TableLayout& a = source.layout;
  const TableLayout& b = output.layout;
  if (!same_index(a.index, b.index) ||
      a.index_parts.size() != b.index_parts.size()) {
    return output.differs(b.index.handle.offset, "index");
  }
  for (size_t i = 0; i < a.index_parts.size(); ++i) {
    if (!same_index(a.index_parts[i], b.index_parts[i])) {
      return output.differs(b.index_parts[i].handle.offset, "index partition");
    }
  }
  if (a.has_filter_index != b.has_filter_index ||
      !same_index(a.filter_index, b.filter_index)) {
    return output.differs(b.filter_index.handle.offset, "filter index");
  }
  return Status::OK();
}

// Properties that say how and where a file was made. All others must be equal.
PropertySet without_changes(PropertySet properties) {
  for (const std::string* name :
       {&Names::kDataSize, &Names::kTailStartOffset, &Names::kIndexSize,
        &Names::kFilterSize, &Names::kTopLevelIndexSize,
        &Names::kNumDataBlocksCompressionRejected,
        &Names::kNumDataBlocksCompressionBypassed, &Names::kCompression,
        &Names::kCompressionOptions, &Names::kDbId, &Names::kDbSessionId,
        &Names::kOriginalFileNumber}) {
    properties.erase(*name);
  }
  return properties;
}

Status compare_block(const Table& source, const BlockHandle& from,
                     const Table& output, const BlockHandle& to,
                     const std::string& what) {
  std::string contents[2];
  const Table* tables[] = {&source, &output};
  const BlockHandle handles[] = {from, to};
  for (int i = 0; i < 2; ++i) {
    StoredBlock stored;
    Status status = tables[i]->file->read_block(handles[i], what, &stored);
    if (status.ok()) {
      BlockDecompressor::Scratch scratch(*tables[i]->decompressor);
      status = tables[i]->decompressor->decompress(stored.type, stored.payload,
                                                   scratch, &contents[i]);
      if (!status.ok()) {
        status = block_error(tables[i]->file->path(), handles[i].offset, what,
                             status);
      }
    }
    if (!status.ok()) {
      return status;
    }
  }
  return contents[0] == contents[1] ? Status::OK()
                                    : output.differs(to.offset, what);
}

bool is_compared_verbatim(MetaKind kind) {
  return kind == MetaKind::kFilter || kind == MetaKind::kRangeTombstones ||
         kind == MetaKind::kHashIndex;
}

Status compare_meta_blocks(const Table& source, const Table& output) {
  std::vector<MetaBlock> expected = source.layout.meta_blocks;
  std::erase_if(expected, [](const MetaBlock& meta) {
    return meta.kind == MetaKind::kDictionary;
  });
  const std::vector<MetaBlock>& found = output.layout.meta_blocks;
  const auto same_name = [](const MetaBlock& a, const MetaBlock& b) {
    return a.name == b.name;
  };
  if (!std::equal(expected.begin(), expected.end(), found.begin(), found.end(),
                  same_name)) {
    return output.differs(output.file->footer().metaindex.offset, "metaindex");
  }
  for (size_t i = 0; i < expected.size(); ++i) {
    if (is_compared_verbatim(expected[i].kind)) {
      const Status status =
          compare_block(source, expected[i].handle, output, found[i].handle,
                        "'" + found[i].name + "'");
      if (!status.ok()) {
        return status;
      }
    }
  }
  const auto& from = source.layout.filter_index.block.entries;
  const auto& to = output.layout.filter_index.block.entries;
  for (size_t i = 0; i < from.size(); ++i) {
    const Status status = compare_block(source, from[i].handle, output,
                                        to[i].handle, "filter partition");
    if (!status.ok()) {
      return status;
    }
  }
  if (!(without_changes(source.layout.properties) ==
        without_changes(output.layout.properties))) {
    return output.differs(
        output.layout.find(MetaKind::kProperties)->handle.offset,
        "a property that must not change");
  }
  return Status::OK();
}

// The blocks of both files at the same places in the order of keys.
Status compare_batches(const Table& source, const Table& output,
                       const BlockRange& range) {
  BlockBatch batches[2];
  const Table* tables[] = {&source, &output};
  for (int i = 0; i < 2; ++i) {
    const Status status =
        read_batch(*tables[i]->file,
                   std::span(tables[i]->layout.data_blocks)
                       .subspan(range.begin, range.end - range.begin),
                   &batches[i]);
    if (!status.ok()) {
      return status;
    }
  }
  BlockDecompressor::Scratch scratch[] = {
      BlockDecompressor::Scratch(*source.decompressor),
      BlockDecompressor::Scratch(*output.decompressor)};
  std::string contents[2];
  for (size_t block = 0; block < batches[0].blocks.size(); ++block) {
    for (int i = 0; i < 2; ++i) {
      const BlockBatch::Block& stored = batches[i].blocks[block];
      const Status status = tables[i]->decompressor->decompress(
          stored.type, stored.payload, scratch[i], &contents[i]);
      if (!status.ok()) {
        return block_error(tables[i]->file->path(), stored.handle.offset,
                           "data block", status);
      }
    }
    if (contents[0] != contents[1]) {
      return output.differs(batches[1].blocks[block].handle.offset,
                            "data block");
    }
  }
  return Status::OK();
}

Status compare_data(const Table& source, const Table& output, VerifyMode mode,
                    const RewriteOptions& options) {
  const PipelineLimits limits =
      choose_limits(options.threads, options.memory_bytes / 2);
  const auto& planned = mode == VerifyMode::kFull ? source : output;
  const std::vector<BlockRange> ranges =
      plan_batches(planned.layout.data_blocks, limits.batch_bytes);
  RewriteProgress progress{.source = source.file->path(),
                           .source_bytes = source.file->file_bytes(),
                           .output_bytes_done = output.file->file_bytes(),
                           .verifying = true};
  struct Nothing {};
  const auto work = [&](size_t i, Nothing*) {
    if (mode == VerifyMode::kFull) {
      return compare_batches(source, output, ranges[i]);
    }
    BlockBatch batch;
    return read_batch(
        *output.file,
        std::span(output.layout.data_blocks)
            .subspan(ranges[i].begin, ranges[i].end - ranges[i].begin),
        &batch);
  };
  const auto finish = [&](size_t i, Nothing&) {
    progress.source_bytes_done =
        source.layout.data_blocks[ranges[i].end - 1].end();
    return !options.progress || options.progress(progress)
               ? Status::OK()
               : Status::Aborted("cancelled");
  };
  return run_in_order<Nothing>(limits, ranges.size(), work, finish);
}

Status compare(rocksdb::FileSystem& fs, const std::string& source_path,
               const std::string& output_path, VerifyMode mode,
               const RewriteOptions& options) {
  Table source;
  Table output;
  Status status = source.open(fs, source_path, options.max_block_bytes);
  if (status.ok()) {
    status = output.open(fs, output_path, options.max_block_bytes);
  }
  if (status.ok() &&
      source.layout.data_blocks.size() != output.layout.data_blocks.size()) {
    status = output.differs(0, "number of data blocks");
  }
  if (status.ok()) {
    status = compare_indexes(source, output);
  }
  if (status.ok()) {
    status = compare_meta_blocks(source, output);
  }
  return status.ok() ? compare_data(source, output, mode, options) : status;
}

}  // namespace

Status compare_tables(rocksdb::FileSystem& fs, const std::string& source,
                      const std::string& output, VerifyMode mode,
                      const RewriteOptions& options) {
  try {
    return mode == VerifyMode::kNone
               ? Status::OK()
               : compare(fs, source, output, mode, options);
  } catch (const std::bad_alloc&) {
    return Status::MemoryLimit("out of memory while verifying " + output);
  }
}

}  // namespace gpu_zstd
