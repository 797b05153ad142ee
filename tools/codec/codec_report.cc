#include "tools/codec/codec_report.h"

#include <zstd.h>

#include <cstdarg>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <thread>

#include "tools/codec/codec_means.h"

namespace gpu_zstd::tools {
namespace {

using Json = nlohmann::ordered_json;

__attribute__((format(printf, 1, 2))) std::string text(const char* format,
                                                       ...) {
  char line[512];
  va_list arguments;
  va_start(arguments, format);
  std::vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  return line;
}

std::string level_text(int level) {
  return level == kNoLevel ? "none" : std::to_string(level);
}

double speed_at(const EngineResult& r, double time_quantile) {
  return static_cast<double>(r.raw_bytes) / r.bulk.quantile(time_quantile) /
         1e9;
}

Json figures_json(const Figures& figures) {
  Json json = Json::object();
  for (const auto& [name, value] : figures) json[name] = value;
  return json;
}

Json engine_json(const EngineResult& r) {
  Json json{{"engine", r.engine},
            {"has_level", r.has_level},
            {"measures", r.measures},
            {"raw_bytes", r.raw_bytes},
            {"frame_bytes", r.frame_bytes},
            {"ratio", r.ratio()},
            {"gigabytes_per_second", r.gigabytes_per_second()},
            {"bulk_seconds", r.bulk.seconds}};
  Json& latencies = json["latencies"] = Json::array();
  for (const BatchLatency& latency : r.latencies) {
    latencies.push_back({{"blocks", latency.blocks},
                         {"median_us", latency.samples.median() * 1e6},
                         {"seconds", latency.samples.seconds}});
  }
  if (!r.resources.empty()) json["resources"] = figures_json(r.resources);
  if (!r.block_cycles.empty()) {
    json["block_cycles"] = figures_json(r.block_cycles);
    json["bulk_cycles"] = figures_json(r.bulk_cycles);
  }
  return json;
}

std::string utc_time() {
  const std::time_t now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char line[32];
  std::strftime(line, sizeof(line), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return line;
}

std::string one_block_text(const EngineMean& mean) {
  return mean.timed_alone == 0 ? "-" : text("%.1f", mean.block_seconds * 1e6);
}

std::string figures_text(const Figures& figures) {
  std::string line;
  for (const auto& [name, value] : figures) {
    line += text(" %s %.0f", name.c_str(), value);
  }
  return line;
}

}  // namespace

std::string table_header() {
  return text("%-14s %5s %8s %-6s %8s %10s %19s  %s\n", "input", "level",
              "block", "engine", "ratio", "GB/s", "[slowest..fastest]",
              "blocks at once: median us [p10..p90]");
}

std::string table_lines(const BenchmarkCell& cell) {
  std::string lines;
  for (const EngineResult& r : cell.engines) {
    lines += text("%-14s %5s %8zu %-6s %8.4f %10.4f [%8.4f..%8.4f] ",
                  cell.input.c_str(),
                  level_text(r.has_level ? cell.level : kNoLevel).c_str(),
                  cell.block_bytes, r.engine.c_str(), r.ratio(),
                  r.gigabytes_per_second(), speed_at(r, 1), speed_at(r, 0));
    for (const BatchLatency& latency : r.latencies) {
      lines += text(" %zu: %.1f [%.1f..%.1f]", latency.blocks,
                    latency.samples.median() * 1e6,
                    latency.samples.quantile(0.1) * 1e6,
                    latency.samples.quantile(0.9) * 1e6);
    }
    lines += '\n';
  }
  return lines;
}

std::string device_lines(const BenchmarkCell& cell) {
  std::string lines;
  for (const EngineResult& r : cell.engines) {
    if (!r.resources.empty()) {
      lines += "  kernel:" + figures_text(r.resources) + '\n';
    }
    if (!r.block_cycles.empty()) {
      lines += "  cycles, one block:" + figures_text(r.block_cycles) + '\n';
      lines += "  cycles, bulk:     " + figures_text(r.bulk_cycles) + '\n';
    }
  }
  return lines;
}

std::string summary_lines(const std::vector<BenchmarkCell>& cells) {
  std::string lines =
      "geometric means over the inputs\n" +
      text("%5s %8s %-6s %8s %10s %14s  %s\n", "level", "block", "engine",
           "ratio", "GB/s", "one block, us", "against cpu");
  for (const EngineMean& mean : engine_means(cells)) {
    lines +=
        text("%5s %8zu %-6s %8.4f %10.4f %14s", level_text(mean.level).c_str(),
             mean.block_bytes, mean.engine.c_str(), mean.ratio,
             mean.gigabytes_per_second, one_block_text(mean).c_str());
    if (mean.compared > 0) {
      lines += text("  ratio %+.2f%% (worst %+.2f%%, %s), speed x%.2f",
                    100 * (mean.gain - 1), 100 * (mean.worst_gain - 1),
                    mean.worst_input.c_str(), mean.speed_up);
    }
    lines += '\n';
  }
  return lines;
}

std::string json_report(const std::vector<BenchmarkCell>& cells,
                        const std::vector<RelativeTime>& times,
                        const std::string& command, const std::string& error) {
  Json json{{"program", "bench_codec"},
            {"version", GPU_ZSTD_VERSION},
            {"zstd", ZSTD_versionString()},
            {"date", utc_time()},
            {"cpus", std::thread::hardware_concurrency()},
            {"command", command}};
  if (!error.empty()) json["error"] = error;
  Json& list = json["cells"] = Json::array();
  for (const BenchmarkCell& cell : cells) {
    Json entry{{"input", cell.input},
               {"generated", cell.generated},
               {"level", cell.level},
               {"block_bytes", cell.block_bytes}};
    for (const EngineResult& r : cell.engines) {
      entry["engines"].push_back(engine_json(r));
    }
    list.push_back(std::move(entry));
  }
  for (const RelativeTime& t : times) {
    json["relative_times"].push_back({{"input", t.input},
                                      {"engine", t.engine},
                                      {"level", t.level},
                                      {"block_bytes", t.block_bytes},
                                      {"bulk", t.bulk},
                                      {"one_block", t.block}});
  }
  return json.dump(2) + '\n';
}

}  // namespace gpu_zstd::tools
