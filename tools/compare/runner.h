// One run: a fresh database filled, flushed, compacted, read back.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "tools/compare/dataset.h"
#include "tools/compare/measure.h"
#include "tools/compare/options.h"
#include "tools/compare/schedule.h"

namespace gpu_zstd::compare {

// What became of the blocks that GpuZstd got; 0 for the other sides.
struct EngineBlocks {
  uint64_t cpu = 0;           // compressed by libzstd
  uint64_t gpu = 0;           // compressed on a GPU
  uint64_t does_not_fit = 0;  // incompressible: RocksDB stored them as they are
  uint64_t failed = 0;        // likewise, but because no engine could
};

struct RunResult {
  RunSpec spec;
  Phase flush;       // of the memtables, one after the other
  Phase compaction;  // one CompactRange of all files into the last level
  uint64_t raw_bytes = 0;
  uint64_t flushed_sst_bytes = 0;
  uint64_t sst_bytes = 0;  // after the compaction
  uint64_t sst_files = 0;
  uint64_t verified_keys = 0;  // all of them, or there is no result
  EngineBlocks blocks;
};

// Told what a run is doing, with the part of it that is done (0 to 1).
using PhaseObserver = std::function<void(const char* phase, double done)>;

// The database lies in `directory`/db, which must not exist and is removed
// again. The settings of all sides are RocksDB's defaults but for: no WAL, no
// automatic flush or compaction, no block cache, the cell's compression, block
// size, threads and subcompactions.
//
// Throws a CompareError that carries RocksDB's message and the run's name if
// anything fails, if an engine failed at a block, if the files are not by the
// side that should have made them, or if they do not read back (verify.h).
RunResult run_once(const RunSpec& spec, const Dataset& dataset,
                   const CompareOptions& options, const std::string& directory,
                   const PhaseObserver& observer);

}  // namespace gpu_zstd::compare
