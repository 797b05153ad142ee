#include "tools/compare/plot.h"

#include <algorithm>
#include <map>

#include "tools/compare/error.h"
#include "tools/compare/human.h"
#include "tools/plot/gnuplot.h"

namespace gpu_zstd::compare {
namespace {

// A line in both panels.
struct Series {
  std::string title;
  Variant variant = Variant::kNone;
  size_t colour = 0;  // of the block size
  std::vector<std::pair<const Cell*, const SideSummary*>> points;
};

std::string series_title(const Cell& cell, Variant variant) {
  Cell all_levels = cell;
  all_levels.reference = true;
  std::string title = describe(all_levels);
  return std::string(name_of(variant)) + title.substr(title.find(','));
}

std::vector<Series> series_of(const std::vector<CellSummary>& cells) {
  std::vector<Series> all;
  std::map<uint32_t, size_t> colours;
  for (const CellSummary& cell : cells) {
    const size_t colour =
        colours.emplace(cell.cell.block_size, colours.size()).first->second;
    for (const SideSummary& side : cell.sides) {
      const std::string title = series_title(cell.cell, side.variant);
      auto found = std::find_if(all.begin(), all.end(), [&](const Series& s) {
        return s.title == title;
      });
      if (found == all.end()) {
        found = all.insert(all.end(), {title, side.variant, colour, {}});
      }
      found->points.emplace_back(&cell.cell, &side);
    }
  }
  return all;
}

std::string series_name(size_t number) {
  std::string name = "$series";
  name += std::to_string(number);
  return name;
}

std::string level_label(int level) {
  std::string label = " L";
  label += std::to_string(level) + "\n";
  return label;
}

std::string data_block(const Series& series, size_t number) {
  std::string text = series_name(number) + " << EOD\n";
  const auto add = [&](const Spread& spread) {
    for (const double value : {spread.median, spread.min, spread.max}) {
      text += ' ';
      text += fixed_text(value, 4);
    }
  };
  for (const auto& [cell, side] : series.points) {
    text += fixed_text(side->ratio.median, 4);
    add(side->flush_mb_per_s);
    add(side->compaction_mb_per_s);
    text += level_label(cell->level);
  }
  return text + "EOD\n";
}

// Which is whose: the built-in's points are open circles on full lines,
// GpuZstd's are crosses on dashed ones.
std::string style_of(const Series& series) {
  const int point = series.variant == Variant::kGpuZstd   ? 2
                    : series.variant == Variant::kBuiltin ? 6
                                                          : 4;
  const int dash = series.variant == Variant::kGpuZstd ? 2 : 1;
  return "lc " + std::to_string(series.colour + 1) + " dt " +
         std::to_string(dash) + " pt " + std::to_string(point) + " ps 0.8";
}

// `column`: where median, minimum and maximum of the phase begin.
std::string plot_command(const std::vector<Series>& all, int column) {
  std::string text = "plot ";
  for (size_t i = 0; i < all.size(); ++i) {
    const std::string data = series_name(i);
    const std::string y = std::to_string(column);
    const std::string style = style_of(all[i]);
    text += data + " using 1:" + y + " with linespoints " + style + " title " +
            plot::quoted(all[i].title) + ", \\\n  " + data + " using 1:" + y +
            ":" + std::to_string(column + 1) + ":" +
            std::to_string(column + 2) + " with yerrorbars " + style +
            " notitle";
    if (all[i].variant == Variant::kBuiltin) {
      text += ", \\\n  " + data + " using 1:" + y +
              ":8 with labels offset 0.6,0.7 left font ',9' notitle";
    }
    text += i + 1 < all.size() ? ", \\\n  " : "\n";
  }
  return text;
}

}  // namespace

void require_gnuplot() {
  if (!plot::has_gnuplot()) {
    throw CompareError(
        "gnuplot, which draws the picture, was not found. Install it (Debian "
        "and Ubuntu: apt-get install gnuplot-nox) or pass --plot=none");
  }
}

std::string gnuplot_program(const std::vector<CellSummary>& cells,
                            const std::string& title) {
  const std::vector<Series> all = series_of(cells);
  std::string program =
      "set grid\n"
      "set key below maxrows 6 font ',10'\n"
      "set bmargin 10\n"
      "set xlabel 'ratio (bytes in per byte of SST file)'\n"
      "set ylabel 'MB/s of input'\n"
      "set yrange [0:*]\n"
      "set offsets graph 0.05, graph 0.08, graph 0.08, 0\n";
  for (size_t i = 0; i < all.size(); ++i) {
    program += data_block(all[i], i);
  }
  program += "set multiplot layout 1,2 title " + plot::quoted(title) +
             "\nset title 'flush'\n" + plot_command(all, 2) +
             "set title 'compaction'\n" + plot_command(all, 5) +
             "unset multiplot\n";
  return program;
}

}  // namespace gpu_zstd::compare
