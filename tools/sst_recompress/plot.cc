#include "tools/sst_recompress/plot.h"

#include <map>

#include "tools/compare/human.h"
#include "tools/plot/gnuplot.h"

namespace gpu_zstd::recompress {
namespace {

struct Point {
  double source_bytes = 0;
  double output_bytes = 0;
  double raw_bytes = 0;
  double seconds = 0;
};

// gnuplot's data blocks, one for each engine: size in percent, MB/s, level.
std::string data_block(const std::string& name,
                       const std::map<int, Point>& levels) {
  std::string text = "$" + name + " << EOD\n";
  for (const auto& [level, point] : levels) {
    text +=
        compare::fixed_text(100 * point.output_bytes / point.source_bytes, 3) +
        " " + compare::fixed_text(point.raw_bytes / 1e6 / point.seconds, 3) +
        " " + std::to_string(level) + "\n";
  }
  return text + "EOD\n";
}

}  // namespace

std::string plot_program(const std::vector<FileReport>& files) {
  std::map<std::string, std::map<int, Point>> engines;
  for (const FileReport& file : files) {
    if (file.status.ok() && file.source_bytes > 0 && file.seconds > 0) {
      Point& point = engines[file.engine][file.level];
      point.source_bytes += static_cast<double>(file.source_bytes);
      point.output_bytes += static_cast<double>(file.output_bytes);
      point.raw_bytes += static_cast<double>(file.data.raw_bytes);
      point.seconds += file.seconds;
    }
  }
  std::string program =
      "set title 'sst_recompress --measure: size and speed at each level'\n"
      "set xlabel 'size, % of the files as they are'\n"
      "set ylabel 'MB/s of uncompressed data'\n"
      "set yrange [0:*]\nset grid\nset key top left\n";
  std::string plots;
  for (const auto& [engine, levels] : engines) {
    program += data_block(engine, levels);
    plots += (plots.empty() ? "plot " : ", ") + ("$" + engine) +
             " using 1:2 with linespoints title " + plot::quoted(engine) +
             ", $" + engine + " using 1:2:3 with labels offset 1,1 notitle";
  }
  return plots.empty() ? "" : program + plots + "\n";
}

}  // namespace gpu_zstd::recompress
