#include "rocksdb_glue/sst/measure.h"

#include <chrono>

#include "rocksdb_glue/sst/ordered_pipeline.h"
#include "rocksdb_glue/sst/recompress_batch.h"
#include "rocksdb_glue/sst/table_layout.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

Status measure_blocks(const TableFile& source, const TableLayout& layout,
                      BlockEngine& engine, const RewriteOptions& options,
                      MeasureResult* result) {
  std::unique_ptr<BlockDecompressor> decompressor;
  const Status status = BlockDecompressor::create(
      layout.dictionary, options.max_block_bytes, &decompressor);
  if (!status.ok()) {
    return status;
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
    return read.ok() ? recompress_batch(source, batch, *decompressor, engine,
                                        rocksdb::kNoChecksum, run)
                     : read;
  };
  const auto finish = [&](size_t i, StoredRun& run) {
    result->data.add(run.counts);
    result->output_data_bytes += run.bytes.size();
    progress.source_bytes_done = blocks_of(i).back().end();
    progress.output_bytes_done = result->output_data_bytes;
    return !options.progress || options.progress(progress)
               ? Status::OK()
               : Status::Aborted("cancelled");
  };
  return run_in_order<StoredRun>(limits, ranges.size(), work, finish);
}

}  // namespace

Status measure_sst(rocksdb::FileSystem& fs, const std::string& source_path,
                   BlockEngine& engine, const RewriteOptions& options,
                   MeasureResult* result) {
  *result = {};
  try {
    std::unique_ptr<TableFile> source;
    TableLayout layout;
    Status status = TableFile::open(fs, source_path, &source);
    if (status.ok()) {
      status = read_layout(*source, options.max_block_bytes, &layout);
    }
    if (!status.ok()) {
      return status;
    }
    for (const BlockHandle& handle : layout.data_blocks) {
      result->source_data_bytes += handle.size + kBlockTrailerBytes;
    }
    result->tail_bytes =
        source->file_bytes() - layout.padding_bytes - result->source_data_bytes;
    const auto start = std::chrono::steady_clock::now();
    status = measure_blocks(*source, layout, engine, options, result);
    result->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    return status;
  } catch (const std::bad_alloc&) {
    return Status::MemoryLimit("out of memory while measuring " + source_path);
  }
}

}  // namespace gpu_zstd
