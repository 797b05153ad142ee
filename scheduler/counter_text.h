// Counters as text, for people and for monitoring.
#pragma once

#include <string>

#include "scheduler/counters.h"

namespace gpu_zstd {

// One line a counter in the style of RocksDB's Statistics::ToString():
//   gpu_zstd.cpu.blocks.compressed COUNT : 1042
//   gpu_zstd.cpu.compress.micros P50 : 41.2 P95 : … P100 : … COUNT : … SUM : …
// Counters that are zero are printed too: a monitor can rely on each name.
std::string to_rocksdb_text(const CounterSnapshot& counters);

// Prometheus text exposition format, version 0.0.4, with HELP and TYPE lines.
// Names begin with gpu_zstd_; engine, reason and outcome are labels.
std::string to_prometheus_text(const CounterSnapshot& counters);

}  // namespace gpu_zstd
