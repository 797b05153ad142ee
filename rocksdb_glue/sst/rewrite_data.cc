#include "rocksdb_glue/sst/rewrite_data.h"

#include "rocksdb_glue/sst/block_batch.h"
#include "rocksdb_glue/sst/ordered_pipeline.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

// Recompresses a batch in calls of as many blocks as the engine likes.
Status recompress(const TableFile& source, const BlockBatch& batch,
                  BlockDecompressor& decompressor, BlockEngine& engine,
                  rocksdb::ChecksumType checksum_type, StoredRun* run) {
  BlockDecompressor::Scratch scratch(decompressor);
  std::vector<std::string> blocks;
  size_t used = 0;  // of `blocks`; the rest keeps its memory
  uint64_t waiting_bytes = 0;
  for (size_t i = 0; i < batch.blocks.size(); ++i) {
    const BlockBatch::Block& stored = batch.blocks[i];
    if (used == blocks.size()) {
      blocks.emplace_back();
    }
    Status status = decompressor.decompress(stored.type, stored.payload,
                                            scratch, &blocks[used]);
    if (!status.ok()) {
      return block_error(source.path(), stored.handle.offset, "data block",
                         status);
    }
    waiting_bytes += blocks[used].size();
    ++used;
    if (waiting_bytes >= engine.preferred_call_bytes() ||
        i + 1 == batch.blocks.size()) {
      status = compress_blocks(engine, checksum_type,
                               std::span(blocks).first(used), run);
      if (!status.ok()) {
        return status;
      }
      used = 0;
      waiting_bytes = 0;
    }
  }
  return Status::OK();
}

}  // namespace

Status rewrite_data_blocks(const TableFile& source, const TableLayout& layout,
                           BlockEngine& engine, const RewriteOptions& options,
                           TableWriter& writer,
                           std::vector<BlockHandle>* handles,
                           StoreCounts* counts) {
  std::unique_ptr<BlockDecompressor> decompressor;
  const Status status = BlockDecompressor::create(
      layout.dictionary, options.max_block_bytes, &decompressor);
  if (!status.ok()) {
    return block_error(source.path(),
                       layout.find(MetaKind::kDictionary)->handle.offset,
                       "compression dictionary", status);
  }
  const PipelineLimits limits =
      choose_limits(options.threads, options.memory_bytes);
  const std::vector<BlockRange> ranges =
      plan_batches(layout.data_blocks, limits.batch_bytes);
  RewriteProgress progress{.source_bytes = source.file_bytes()};

  const auto blocks_of = [&](size_t i) {
    return std::span(layout.data_blocks)
        .subspan(ranges[i].begin, ranges[i].end - ranges[i].begin);
  };
  const auto work = [&](size_t i, StoredRun* run) {
    BlockBatch batch;
    const Status read = read_batch(source, blocks_of(i), &batch);
    return read.ok() ? recompress(source, batch, *decompressor, engine,
                                  writer.checksum_type(), run)
                     : read;
  };
  const auto finish = [&](size_t i, StoredRun& run) {
    counts->add(run.counts);
    const Status written = writer.append_run(run, handles);
    if (!written.ok()) {
      return written;
    }
    progress.source_bytes_done = blocks_of(i).back().end();
    progress.output_bytes_done = writer.offset();
    return !options.progress || options.progress(progress)
               ? Status::OK()
               : Status::Aborted("cancelled");
  };
  return run_in_order<StoredRun>(limits, ranges.size(), work, finish);
}

}  // namespace gpu_zstd
