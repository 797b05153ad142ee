#include "rocksdb_glue/sst/measure.h"

#include <chrono>

#include "rocksdb_glue/sst/ordered_pipeline.h"
#include "rocksdb_glue/sst/recompress_batch.h"
#include "rocksdb_glue/sst/table_layout.h"

namespace gpu_zstd {
namespace {

using rocksdb::Status;

// At most `count` of the ranges, the first and others in even steps.
std::vector<BlockRange> sample(const std::vector<BlockRange>& ranges,
                               size_t count) {
  if (ranges.size() <= count) {
    return ranges;
  }
  std::vector<BlockRange> chosen;
  for (size_t i = 0; i < count; ++i) {
    chosen.push_back(ranges[i * ranges.size() / count]);
  }
  return chosen;
}

Status measure_blocks(const TableFile& source, const TableLayout& layout,
                      BlockEngine& engine, const RewriteOptions& options,
                      size_t max_batches, MeasureResult* result) {
  std::unique_ptr<BlockDecompressor> decompressor;
  const Status status = BlockDecompressor::create(
      layout.dictionary, options.max_block_bytes, &decompressor);
  if (!status.ok()) {
    return status;
  }
  const PipelineLimits limits = choose_limits(
      options.threads, options.memory_bytes, engine.preferred_call_bytes());
  const std::vector<BlockRange> ranges =
      sample(plan_batches(layout.data_blocks, limits.batch_bytes), max_batches);
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
                                        rocksdb::kNoChecksum, run)
                     : read;
  };
  const auto finish = [&](size_t i, StoredRun& run) {
    result->data.add(run.counts);
    result->output_data_bytes += run.bytes.size();
    for (const BlockHandle& handle : blocks_of(i)) {
      result->sampled_data_bytes += handle.size + kBlockTrailerBytes;
    }
    progress.source_bytes_done = blocks_of(i).back().end();
    progress.output_bytes_done = result->output_data_bytes;
    return !options.progress || options.progress(progress)
               ? Status::OK()
               : Status::Aborted("cancelled");
  };
  return run_in_order<StoredRun>(limits, ranges.size(), work, finish);
}

}  // namespace

uint64_t MeasureResult::estimated_output_bytes() const {
  if (sampled_data_bytes == 0) {
    return tail_bytes;
  }
  const double ratio = static_cast<double>(output_data_bytes) /
                       static_cast<double>(sampled_data_bytes);
  return tail_bytes +
         static_cast<uint64_t>(ratio * static_cast<double>(source_data_bytes));
}

Status measure_sst(rocksdb::FileSystem& fs, const std::string& source_path,
                   BlockEngine& engine, const RewriteOptions& options,
                   MeasureResult* result, size_t max_batches) {
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
    status =
        measure_blocks(*source, layout, engine, options, max_batches, result);
    result->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
            .count();
    return status;
  } catch (const std::bad_alloc&) {
    return Status::MemoryLimit("out of memory while measuring " + source_path);
  }
}

}  // namespace gpu_zstd
