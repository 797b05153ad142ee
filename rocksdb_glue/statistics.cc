#include "rocksdb_glue/statistics.h"

#include "rocksdb/env.h"
#include "scheduler/counter_text.h"
#include "scheduler/scheduler.h"

namespace gpu_zstd {

CounterSnapshot statistics() { return Scheduler::shared().snapshot(); }

std::string statistics_string() { return to_rocksdb_text(statistics()); }

std::string prometheus_text() { return to_prometheus_text(statistics()); }

void log_messages(rocksdb::Logger* logger) {
  if (logger == nullptr) {
    return;
  }
  for (const std::string& line : Scheduler::shared().take_messages()) {
    rocksdb::Warn(logger, "GpuZstd: %s", line.c_str());
  }
}

void log_statistics(rocksdb::Logger* logger, const char* why) {
  if (logger == nullptr) {
    return;
  }
  log_messages(logger);
  rocksdb::Info(logger, "GpuZstd statistics of this process (%s): engines: %s",
                why, Scheduler::shared().engines().c_str());
  const std::string text = statistics_string();
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    rocksdb::Info(logger, "%s", text.substr(begin, end - begin).c_str());
    begin = end + 1;
  }
}

}  // namespace gpu_zstd
