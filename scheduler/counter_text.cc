#include "scheduler/counter_text.h"

#include <cinttypes>
#include <cstdarg>
#include <cstdio>

namespace gpu_zstd {
namespace {

constexpr const char* kEngineNames[kEngineCount] = {"cpu", "gpu"};
constexpr const char* kReasonNames[kRouteReasonCount] = {"no_gpu_engine",
                                                         "cpu_only_mode"};
constexpr const char* kOutcomeNames[kOutcomeCount] = {"compressed", "rejected",
                                                      "failed"};
constexpr const char* kSkipNames[kSkipReasonCount] = {
    "no_room", "too_large", "dictionary", "other_type"};

__attribute__((format(printf, 2, 3))) void append(std::string& text,
                                                  const char* format, ...) {
  char line[256];
  va_list arguments;
  va_start(arguments, format);
  const int length = std::vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  if (length > 0) {
    text.append(line, static_cast<size_t>(length));
  }
}

double micros(uint64_t ns) { return static_cast<double>(ns) / 1e3; }

void append_engine(std::string& text, const CounterSnapshot& counters,
                   size_t engine) {
  const char* name = kEngineNames[engine];
  for (size_t i = 0; i < kRouteReasonCount; ++i) {
    const auto& tally = counters.routes[engine][i];
    append(text, "gpu_zstd.%s.blocks.route.%s COUNT : %" PRIu64 "\n", name,
           kReasonNames[i], tally.blocks);
    append(text, "gpu_zstd.%s.bytes.route.%s COUNT : %" PRIu64 "\n", name,
           kReasonNames[i], tally.bytes);
  }
  for (size_t i = 0; i < kOutcomeCount; ++i) {
    const auto& tally = counters.outcomes[engine][i];
    append(text, "gpu_zstd.%s.blocks.%s COUNT : %" PRIu64 "\n", name,
           kOutcomeNames[i], tally.blocks);
    append(text, "gpu_zstd.%s.bytes.%s COUNT : %" PRIu64 "\n", name,
           kOutcomeNames[i], tally.bytes);
  }
  append(text, "gpu_zstd.%s.bytes.frames COUNT : %" PRIu64 "\n", name,
         counters.frame_bytes[engine]);
  const TimeHistogram& times = counters.times[engine];
  append(text,
         "gpu_zstd.%s.compress.micros P50 : %f P95 : %f P99 : %f P100 : %f "
         "COUNT : %" PRIu64 " SUM : %" PRIu64 "\n",
         name, micros(times.percentile_ns(50)), micros(times.percentile_ns(95)),
         micros(times.percentile_ns(99)), micros(times.max_ns), times.count,
         times.sum_ns / 1000);
}

void append_family(std::string& text, const char* name, const char* type,
                   const char* help) {
  append(text, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

// One Prometheus family with a row for each engine and each of `labels`, from
// the tallies that `rows` holds.
template <size_t kLabels>
void append_tallies(
    std::string& text, const char* blocks_name, const char* bytes_name,
    const char* label, const char* const (&labels)[kLabels],
    const std::array<std::array<CounterSnapshot::Tally, kLabels>, kEngineCount>&
        rows) {
  const auto append_rows = [&](const char* name, bool of_bytes) {
    for (size_t engine = 0; engine < kEngineCount; ++engine) {
      for (size_t i = 0; i < kLabels; ++i) {
        const auto& tally = rows[engine][i];
        append(text, "%s{engine=\"%s\",%s=\"%s\"} %" PRIu64 "\n", name,
               kEngineNames[engine], label, labels[i],
               of_bytes ? tally.bytes : tally.blocks);
      }
    }
  };
  append_family(text, blocks_name, "counter", "Blocks, by engine.");
  append_rows(blocks_name, false);
  append_family(text, bytes_name, "counter", "Input bytes, by engine.");
  append_rows(bytes_name, true);
}

void append_skips(std::string& text, const CounterSnapshot& counters) {
  append_family(text, "gpu_zstd_skipped_blocks_total", "counter",
                "Blocks that no engine of ours was asked for, by reason.");
  for (size_t i = 0; i < kSkipReasonCount; ++i) {
    append(text, "gpu_zstd_skipped_blocks_total{reason=\"%s\"} %" PRIu64 "\n",
           kSkipNames[i], counters.skips[i].blocks);
  }
  append_family(text, "gpu_zstd_skipped_bytes_total", "counter",
                "Input bytes of the skipped blocks, by reason.");
  for (size_t i = 0; i < kSkipReasonCount; ++i) {
    append(text, "gpu_zstd_skipped_bytes_total{reason=\"%s\"} %" PRIu64 "\n",
           kSkipNames[i], counters.skips[i].bytes);
  }
}

void append_times(std::string& text, const CounterSnapshot& counters) {
  constexpr const char* kName = "gpu_zstd_compress_seconds";
  append_family(text, kName, "summary", "Time of one call, by engine.");
  for (size_t engine = 0; engine < kEngineCount; ++engine) {
    const TimeHistogram& times = counters.times[engine];
    for (const char* quantile : {"0.5", "0.95", "0.99"}) {
      const double percent = 100.0 * std::stod(quantile);
      append(text, "%s{engine=\"%s\",quantile=\"%s\"} %.9f\n", kName,
             kEngineNames[engine], quantile,
             static_cast<double>(times.percentile_ns(percent)) / 1e9);
    }
    append(text, "%s_sum{engine=\"%s\"} %.9f\n", kName, kEngineNames[engine],
           static_cast<double>(times.sum_ns) / 1e9);
    append(text, "%s_count{engine=\"%s\"} %" PRIu64 "\n", kName,
           kEngineNames[engine], times.count);
  }
}

}  // namespace

std::string to_rocksdb_text(const CounterSnapshot& counters) {
  std::string text;
  for (size_t engine = 0; engine < kEngineCount; ++engine) {
    append_engine(text, counters, engine);
  }
  for (size_t i = 0; i < kSkipReasonCount; ++i) {
    append(text, "gpu_zstd.blocks.skipped.%s COUNT : %" PRIu64 "\n",
           kSkipNames[i], counters.skips[i].blocks);
    append(text, "gpu_zstd.bytes.skipped.%s COUNT : %" PRIu64 "\n",
           kSkipNames[i], counters.skips[i].bytes);
  }
  return text;
}

std::string to_prometheus_text(const CounterSnapshot& counters) {
  std::string text;
  append_tallies(text, "gpu_zstd_routed_blocks_total",
                 "gpu_zstd_routed_bytes_total", "reason", kReasonNames,
                 counters.routes);
  append_tallies(text, "gpu_zstd_blocks_total", "gpu_zstd_bytes_total",
                 "outcome", kOutcomeNames, counters.outcomes);
  append_family(text, "gpu_zstd_frame_bytes_total", "counter",
                "Bytes of the frames made, by engine.");
  for (size_t engine = 0; engine < kEngineCount; ++engine) {
    append(text, "gpu_zstd_frame_bytes_total{engine=\"%s\"} %" PRIu64 "\n",
           kEngineNames[engine], counters.frame_bytes[engine]);
  }
  append_skips(text, counters);
  append_times(text, counters);
  return text;
}

}  // namespace gpu_zstd
