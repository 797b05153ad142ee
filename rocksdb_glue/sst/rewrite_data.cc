#include "rocksdb_glue/sst/rewrite_data.h"

#include "rocksdb_glue/sst/block_batch.h"
#include "rocksdb_glue/sst/ordered_pipeline.h"
#include "rocksdb_glue/sst/recompress_batch.h"

namespace gpu_zstd {
using rocksdb::Status;

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
  const PipelineLimits limits = choose_limits(
      options.threads, options.memory_bytes, engine.preferred_call_bytes());
  const std::vector<BlockRange> ranges =
      plan_batches(layout.data_blocks, limits.batch_bytes);
  RewriteProgress progress{.source = source.path(),
                           .source_bytes = source.file_bytes()};

  const auto blocks_of = [&](size_t i) {
    return std::span(layout.data_blocks)
        .subspan(ranges[i].begin, ranges[i].end - ranges[i].begin);
  };
  const auto work = [&](size_t i, StoredRun* run) {
    BlockBatch batch;
    const Status read = read_batch(source, blocks_of(i), &batch);
    return read.ok() ? recompress_batch(source, batch, *decompressor, engine,
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
