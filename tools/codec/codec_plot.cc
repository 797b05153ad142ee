#include "tools/codec/codec_plot.h"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tools/plot/gnuplot.h"

namespace gpu_zstd::tools {
namespace {

using Json = nlohmann::json;

BenchmarkCell cell_of_json(const Json& json) {
  BenchmarkCell cell;
  json.at("input").get_to(cell.input);
  json.at("level").get_to(cell.level);
  json.at("block_bytes").get_to(cell.block_bytes);
  for (const Json& engine : json.at("engines")) {
    EngineResult r;
    engine.at("engine").get_to(r.engine);
    engine.at("measures").get_to(r.measures);
    engine.at("has_level").get_to(r.has_level);
    engine.at("raw_bytes").get_to(r.raw_bytes);
    engine.at("frame_bytes").get_to(r.frame_bytes);
    engine.at("bulk_seconds").get_to(r.bulk.seconds);
    cell.engines.push_back(std::move(r));
  }
  return cell;
}

std::string data_line(const EngineMean& mean) {
  char line[160];
  std::snprintf(line, sizeof(line), "%.5f %.6f ", mean.ratio,
                mean.gigabytes_per_second);
  std::string text = line;
  if (mean.level == kNoLevel) {
    text += mean.engine;
  } else {
    text += 'L';
    text += std::to_string(mean.level);
  }
  return text + '\n';
}

}  // namespace

std::vector<BenchmarkCell> cells_of_json(const std::string& text,
                                         const std::string& path) {
  std::vector<BenchmarkCell> cells;
  try {
    const Json json = Json::parse(text);
    for (const Json& cell : json.at("cells")) {
      if (cell.value("generated", false)) continue;
      cells.push_back(cell_of_json(cell));
    }
  } catch (const Json::exception& e) {
    throw std::runtime_error(
        path + " is no result of bench_codec --json: " + e.what());
  }
  return cells;
}

std::vector<EngineMean> comparable_means(
    const std::vector<BenchmarkCell>& cells, size_t block_bytes) {
  std::vector<EngineMean> means = engine_means(cells);
  std::erase_if(means, [&](const EngineMean& mean) {
    return mean.block_bytes != block_bytes;
  });
  if (means.empty()) {
    throw std::runtime_error("there is no result with blocks of " +
                             std::to_string(block_bytes) + " bytes");
  }
  for (const EngineMean& mean : means) {
    if (mean.inputs == means[0].inputs) continue;
    throw std::runtime_error(
        "engine " + mean.engine + " at level " + std::to_string(mean.level) +
        " has " + std::to_string(mean.inputs) + " inputs, engine " +
        means[0].engine + " " + std::to_string(means[0].inputs) +
        "; expected the same for all");
  }
  return means;
}

std::string codec_plot_program(const std::vector<EngineMean>& means,
                               const std::string& title) {
  std::map<std::string, std::vector<EngineMean>> engines;
  for (const EngineMean& mean : means) engines[mean.engine].push_back(mean);
  std::string program = "set title " + plot::quoted(title) +
                        "\n"
                        "set xlabel 'ratio (input bytes per byte of frame)'\n"
                        "set ylabel 'GB/s of input'\n"
                        "set logscale y\nset grid\nset bmargin 8\n"
                        "set key below vertical maxrows 4\n"
                        "set offsets graph 0.03, graph 0.06, 0, 0\n";
  std::string curves;
  for (const auto& [engine, points] : engines) {
    const std::string data = "$" + engine;
    program += data + " << EOD\n";
    for (const EngineMean& mean : points) program += data_line(mean);
    program += "EOD\n";
    curves += curves.empty() ? "plot " : ", \\\n  ";
    curves += data + " using 1:2 with linespoints title " +
              plot::quoted(engine + ": " + points[0].measures) + ", " + data +
              " using 1:2:3 with labels offset 0.6,0.7 left font ',9' notitle";
  }
  return program + curves + "\n";
}

}  // namespace gpu_zstd::tools
