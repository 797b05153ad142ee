// Counters of all databases of this process that compress through GpuZstd.
#pragma once

#include <string>

#include "scheduler/counters.h"

namespace rocksdb {
class Logger;
}

namespace gpu_zstd {

// Thread-safe; see scheduler/counters.h for what each number means.
CounterSnapshot statistics();

// In the style of rocksdb::Statistics::ToString(), one counter a line.
std::string statistics_string();

// Prometheus text exposition format 0.0.4, for a metrics endpoint of the host
// program.
std::string prometheus_text();

// Writes statistics_string() to a log, a line each, with a heading that says
// why. `logger` may be null: nothing happens.
void log_statistics(rocksdb::Logger* logger, const char* why);

}  // namespace gpu_zstd
