#include "tools/zstd_parallel/bench_report.h"

#include <array>
#include <cstdarg>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <utility>

#include "cpu_fallback/zstd_cpu.h"
#include "tools/zstd_parallel/strategy_names.h"

namespace gpu_zstd {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<BulkStrategy, 4> kColumns = {
    BulkStrategy::kSingle, BulkStrategy::kWorkStealing, BulkStrategy::kPipeline,
    BulkStrategy::kAutomatic};

__attribute__((format(printf, 1, 2))) std::string format(const char* pattern,
                                                         ...) {
  std::array<char, 512> text{};
  va_list arguments;
  va_start(arguments, pattern);
  std::vsnprintf(text.data(), text.size(), pattern, arguments);
  va_end(arguments);
  return text.data();
}

Json to_json(const BenchmarkCell& cell, unsigned cores) {
  Json strategies = Json::object();
  for (const StrategyResult& result : cell.results) {
    strategies[strategy_name(result.strategy)] = {
        {"encode_mb_s", cell.encode_mb_per_s(result.strategy)},
        {"spread", result.encode.spread()},
        {"efficiency", cell.efficiency(result.strategy, cores)},
        {"decode_mb_s", cell.decode_mb_per_s(result.strategy)},
        {"encode_s", result.encode.seconds}};
  }
  return {{"input", cell.input},
          {"level", cell.level},
          {"raw_bytes", cell.raw_bytes},
          {"coded_bytes", cell.coded_bytes},
          {"automatic_over_best", cell.automatic_over_best()},
          {"error", cell.error},
          {"strategies", strategies}};
}

// Panels in the order in which they were measured.
using Panel = std::pair<std::string, int>;
std::vector<Panel> panels_of(const BenchmarkRun& run) {
  std::vector<Panel> panels;
  for (const BenchmarkCell& cell : run.cells) {
    const Panel panel{cell.input, cell.level};
    if (panels.empty() || panels.back() != panel) {
      panels.push_back(panel);
    }
  }
  return panels;
}

}  // namespace

std::string table_header() {
  return format("%-12s %5s %8s %6s | %17s | %17s | %17s | %17s | %5s %9s\n",
                "input", "level", "MB", "ratio", "single MB/s", "stealing MB/s",
                "pipeline MB/s", "auto MB/s", "eff.", "auto/best");
}

std::string table_line(const BenchmarkCell& cell, unsigned cores) {
  const double raw = static_cast<double>(cell.raw_bytes);
  std::string line = format(
      "%-12s %5d %8.1f %6.3f", cell.input.c_str(), cell.level, raw / 1e6,
      cell.coded_bytes > 0 ? raw / static_cast<double>(cell.coded_bytes) : 0);
  for (const BulkStrategy strategy : kColumns) {
    line += format(" | %9.1f ±%4.1f%%", cell.encode_mb_per_s(strategy),
                   100 * cell.of(strategy).encode.spread());
  }
  return line + format(" | %5.2f %9.3f %s\n",
                       cell.efficiency(BulkStrategy::kAutomatic, cores),
                       cell.automatic_over_best(), cell.error.c_str());
}

std::string to_json(const BenchmarkRun& run) {
  Json json = {{"command", run.command},
               {"zstd", zstd_version()},
               {"cores", run.machine.cores},
               {"l2_bytes", run.machine.l2_bytes},
               {"llc_bytes", run.machine.llc_bytes},
               {"workers", run.limits.workers},
               {"single_max_bytes", run.limits.single_max_bytes},
               {"work_stealing_max_bytes", run.limits.work_stealing_max_bytes},
               {"cells", Json::array()}};
  for (const BenchmarkCell& cell : run.cells) {
    json["cells"].push_back(to_json(cell, run.limits.workers));
  }
  return json.dump(2, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace) +
         "\n";
}

std::string to_gnuplot(const BenchmarkRun& run, const std::string& svg_path) {
  const std::vector<Panel> panels = panels_of(run);
  std::string script =
      format("set terminal svg size 1000,%zu\n",
             320 * ((panels.size() + 1) / 2)) +
      "set output '" + svg_path + "'\n" +
      "set logscale x\nset key bottom right\nset grid\n"
      "set xlabel 'MB of input'\nset ylabel 'MB/s'\nset yrange [0:*]\n" +
      format("set multiplot layout %zu,2\n", (panels.size() + 1) / 2);
  for (size_t p = 0; p < panels.size(); ++p) {
    std::string data;
    for (const BenchmarkCell& cell : run.cells) {
      if (Panel(cell.input, cell.level) == panels[p]) {
        data += format("%.3f", static_cast<double>(cell.raw_bytes) / 1e6);
        for (const BulkStrategy strategy : kColumns) {
          const double speed = cell.encode_mb_per_s(strategy);
          data += speed > 0 ? format(" %.1f", speed) : std::string(" NaN");
        }
        data += "\n";
      }
    }
    script += format("$data%zu << EOD\n", p) + data + "EOD\n" +
              format("set title '%s, level %d'\nplot ", panels[p].first.c_str(),
                     panels[p].second);
    for (size_t c = 0; c < kColumns.size(); ++c) {
      script += format("%s$data%zu using 1:%zu with linespoints title '%s'",
                       c > 0 ? ", " : "", p, c + 2, strategy_name(kColumns[c]));
    }
    script += "\n";
  }
  return script + "unset multiplot\n";
}

}  // namespace gpu_zstd
