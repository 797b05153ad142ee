#include "scheduler/counter_text.h"

#include <algorithm>
#include <charconv>
#include <cinttypes>
#include <cstdarg>
#include <cstdio>
#include <iterator>

namespace gpu_zstd {
namespace {

constexpr const char* kEngineNames[kEngineCount] = {"cpu", "gpu"};
constexpr const char* kReasonNames[] = {
    "no_gpu_engine", "cpu_only_mode", "served",       "measuring",
    "small_block",   "large_block",   "level",        "busy",
    "starting",      "no_device",     "unhealthy",    "forked",
    "no_room",       "late",          "batch_failed", "wrong_result"};
static_assert(std::size(kReasonNames) == kRouteReasonCount);
constexpr const char* kEventNames[] = {
    "batches",         "batches_failed", "batches_hung",    "transient_errors",
    "sticky_errors",   "retries",        "lanes_set_aside", "devices_set_aside",
    "frames_verified", "frames_wrong"};
static_assert(std::size(kEventNames) == kEventCount);
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
    text.append(
        line, std::min<size_t>(static_cast<size_t>(length), sizeof(line) - 1));
  }
}

// With a point, whatever the locale of the program around us: printf() would
// follow that.
std::string fixed(double value, int decimals) {
  char digits[64];  // the largest count takes 20 before the point
  const auto end = std::to_chars(std::begin(digits), std::end(digits), value,
                                 std::chars_format::fixed, decimals);
  return {digits, end.ptr};
}

// `scale` turns what was recorded into the unit of the name.
void append_histogram(std::string& text, const char* name,
                      const TimeHistogram& times, double scale) {
  const auto at = [&](double percent) {
    return fixed(scale * static_cast<double>(times.percentile_ns(percent)), 6);
  };
  append(text,
         "gpu_zstd.%s P50 : %s P95 : %s P99 : %s P100 : %s COUNT : %" PRIu64
         " SUM : %" PRIu64 "\n",
         name, at(50).c_str(), at(95).c_str(), at(99).c_str(),
         fixed(scale * static_cast<double>(times.max_ns), 6).c_str(),
         times.count,
         static_cast<uint64_t>(scale * static_cast<double>(times.sum_ns)));
}

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
  append_histogram(text, (std::string(name) + ".compress.micros").c_str(),
                   counters.times[engine], 1e-3);
}

void append_devices(std::string& text, const CounterSnapshot& counters) {
  for (size_t i = 0; i < kEventCount; ++i) {
    append(text, "gpu_zstd.gpu.%s COUNT : %" PRIu64 "\n", kEventNames[i],
           counters.events[i]);
  }
  append_histogram(text, "gpu.batch.blocks", counters.batch_blocks, 1);
  append_histogram(text, "gpu.queue_wait.micros", counters.queue_waits, 1e-3);
  append_histogram(text, "gpu.round_trip.micros", counters.round_trips, 1e-3);
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

// A Prometheus summary; `labels` is empty or ends in a comma.
void append_summary(std::string& text, const char* name,
                    const std::string& labels, const TimeHistogram& times,
                    double scale) {
  constexpr struct {
    const char* name;
    double percent;
  } kQuantiles[] = {{"0.5", 50}, {"0.95", 95}, {"0.99", 99}};
  for (const auto& quantile : kQuantiles) {
    const auto at = times.percentile_ns(quantile.percent);
    append(text, "%s{%squantile=\"%s\"} %s\n", name, labels.c_str(),
           quantile.name, fixed(scale * static_cast<double>(at), 9).c_str());
  }
  std::string braces;
  if (!labels.empty()) {
    braces.append("{").append(labels, 0, labels.size() - 1).append("}");
  }
  append(text, "%s_sum%s %s\n", name, braces.c_str(),
         fixed(scale * static_cast<double>(times.sum_ns), 9).c_str());
  append(text, "%s_count%s %" PRIu64 "\n", name, braces.c_str(), times.count);
}

void append_times(std::string& text, const CounterSnapshot& counters) {
  constexpr const char* kName = "gpu_zstd_compress_seconds";
  append_family(text, kName, "summary", "Time of one call, by engine.");
  for (size_t engine = 0; engine < kEngineCount; ++engine) {
    append_summary(text, kName,
                   std::string("engine=\"") + kEngineNames[engine] + "\",",
                   counters.times[engine], 1e-9);
  }
  const auto append_one = [&](const char* name, const char* help,
                              const TimeHistogram& times, double scale) {
    append_family(text, name, "summary", help);
    append_summary(text, name, "", times, scale);
  };
  append_one("gpu_zstd_batch_blocks", "Blocks in a batch.",
             counters.batch_blocks, 1);
  append_one("gpu_zstd_queue_wait_seconds", "From a batch's opening to launch.",
             counters.queue_waits, 1e-9);
  append_one("gpu_zstd_round_trip_seconds", "From a batch's launch to its end.",
             counters.round_trips, 1e-9);
}

void append_events(std::string& text, const CounterSnapshot& counters) {
  append_family(text, "gpu_zstd_device_events_total", "counter",
                "What happened to devices and batches.");
  for (size_t i = 0; i < kEventCount; ++i) {
    append(text, "gpu_zstd_device_events_total{event=\"%s\"} %" PRIu64 "\n",
           kEventNames[i], counters.events[i]);
  }
}

}  // namespace

std::string to_rocksdb_text(const CounterSnapshot& counters) {
  std::string text;
  for (size_t engine = 0; engine < kEngineCount; ++engine) {
    append_engine(text, counters, engine);
  }
  append_devices(text, counters);
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
  append_events(text, counters);
  append_times(text, counters);
  return text;
}

}  // namespace gpu_zstd
