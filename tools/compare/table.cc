#include "tools/compare/table.h"

#include <algorithm>

#include "tools/compare/human.h"

namespace gpu_zstd::compare {
namespace {

using Row = std::vector<std::string>;

struct Shape {
  bool threads = false;
  bool subcompactions = false;
};

Shape shape_of(const std::vector<CellSummary>& cells) {
  Shape shape;
  for (const CellSummary& cell : cells) {
    shape.threads |= cell.cell.parallel_threads != 1;
    shape.subcompactions |= cell.cell.subcompactions != 1;
  }
  return shape;
}

std::string range_text(const Spread& spread, int digits) {
  std::string text = "[";
  text += fixed_text(spread.min, digits) + "..";
  text += fixed_text(spread.max, digits) + "]";
  return text;
}

Row leading_columns(const Shape& shape, Row columns, const char* threads,
                    const char* subcompactions) {
  if (shape.threads) {
    columns.push_back(threads);
  }
  if (shape.subcompactions) {
    columns.push_back(subcompactions);
  }
  return columns;
}

Row key_columns(const Shape& shape, const Cell& cell) {
  return leading_columns(shape,
                         {cell.reference ? "-" : std::to_string(cell.level),
                          block_size_text(cell.block_size)},
                         std::to_string(cell.parallel_threads).c_str(),
                         std::to_string(cell.subcompactions).c_str());
}

void append(Row* row, const Row& more) {
  row->insert(row->end(), more.begin(), more.end());
}

std::string quotient_text(const Spread& spread) {
  return fixed_text(spread.median, 3) + "x";
}

Row speed_columns(const SideSummary& side) {
  return {fixed_text(side.flush_mb_per_s.median, 1),
          range_text(side.flush_mb_per_s, 1),
          fixed_text(side.flush_cpu_ns_per_byte.median, 2),
          fixed_text(side.compaction_mb_per_s.median, 1),
          range_text(side.compaction_mb_per_s, 1),
          fixed_text(side.compaction_cpu_ns_per_byte.median, 2),
          fixed_text(side.ratio.median, 3)};
}

Row quotient_columns(const PairSummary& pair) {
  return {quotient_text(pair.flush_speed),
          range_text(pair.flush_speed, 3),
          quotient_text(pair.flush_cpu),
          quotient_text(pair.compaction_speed),
          range_text(pair.compaction_speed, 3),
          quotient_text(pair.compaction_cpu),
          quotient_text(pair.ratio),
          "",
          ""};
}

void add_cell(const Shape& shape, const CellSummary& cell,
              std::vector<Row>* rows) {
  const Row key = key_columns(shape, cell.cell);
  for (const SideSummary& side : cell.sides) {
    Row row = key;
    row.push_back(name_of(side.variant));
    append(&row, speed_columns(side));
    const bool counted = side.variant == Variant::kGpuZstd;
    row.push_back(counted ? std::to_string(side.blocks.cpu) : "-");
    row.push_back(counted ? std::to_string(side.blocks.gpu) : "-");
    rows->push_back(row);
  }
  if (cell.pair) {
    Row row(key.size(), "");
    row.push_back("GpuZstd/builtin");
    append(&row, quotient_columns(*cell.pair));
    rows->push_back(row);
  }
}

// All columns to the right, but that of the names.
std::string align(const std::vector<Row>& rows, size_t name_column) {
  std::vector<size_t> widths(rows.front().size());
  for (const Row& row : rows) {
    for (size_t i = 0; i < row.size(); ++i) {
      widths[i] = std::max(widths[i], row[i].size());
    }
  }
  std::string text;
  for (const Row& row : rows) {
    std::string line;
    for (size_t i = 0; i < row.size(); ++i) {
      const std::string padding(widths[i] - row[i].size(), ' ');
      line += i == name_column ? row[i] + padding : padding + row[i];
      line += "  ";
    }
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return text;
}

// Of the cells' medians, with the lowest and the highest of them.
std::string overall_text(const std::vector<CellSummary>& cells,
                         Spread PairSummary::*figure) {
  std::vector<double> medians;
  for (const CellSummary& cell : cells) {
    if (cell.pair) {
      medians.push_back(((*cell.pair).*figure).median);
    }
  }
  const Spread spread = spread_of(std::move(medians));
  return quotient_text(spread) + " " + range_text(spread, 3);
}

}  // namespace

std::string format_table(const std::vector<CellSummary>& cells) {
  const Shape shape = shape_of(cells);
  Row units = leading_columns(shape, {"level", "block"}, "threads", "subcomp");
  const size_t name_column = units.size();
  Row groups(name_column + 1, "");
  append(&groups, {"flush", "", "CPU", "compact", "", "CPU", "", "blocks", ""});
  append(&units, {"codec", "MB/s", "[min..max]", "ns/B", "MB/s", "[min..max]",
                  "ns/B", "ratio", "cpu", "gpu"});
  std::vector<Row> rows{groups, units};
  for (const CellSummary& cell : cells) {
    add_cell(shape, cell, &rows);
  }
  return align(rows, name_column);
}

std::string format_footer(const std::vector<CellSummary>& cells) {
  std::string text =
      "MB/s: 10^6 bytes of keys and values a second of wall time. CPU ns/B: "
      "processor\ntime of the whole process for each such byte. ratio: such "
      "bytes per byte of SST\nfile. blocks: compressed by GpuZstd's engines in "
      "one run. Centres are medians;\nGpuZstd/builtin is the median over pairs "
      "of runs made one after the other.\n";
  const bool paired = std::any_of(
      cells.begin(), cells.end(),
      [](const CellSummary& cell) { return cell.pair.has_value(); });
  if (paired) {
    text += "\nGpuZstd/builtin over all cells, median [min..max]:\n  flush   " +
            overall_text(cells, &PairSummary::flush_speed) +
            " of the speed\n  compact " +
            overall_text(cells, &PairSummary::compaction_speed) +
            " of the speed\n  ratio   " +
            overall_text(cells, &PairSummary::ratio) + " of the ratio\n";
  }
  return text;
}

}  // namespace gpu_zstd::compare
