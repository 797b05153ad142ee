// The comparison as a picture, drawn by gnuplot.
#pragma once

#include <string>
#include <vector>

#include "tools/compare/summary.h"

namespace gpu_zstd::compare {

// Throws a CompareError that says how to get gnuplot, or do without, if there
// is none.
void require_gnuplot();

// A gnuplot program: speed against ratio, flush and compaction side by side, a
// line for each codec and block size through its levels. Writes `path` as SVG,
// or as PNG if it ends in ".png".
std::string gnuplot_program(const std::vector<CellSummary>& cells,
                            const std::string& title, const std::string& path);

// Has gnuplot run the program. Throws a CompareError if it fails.
void run_gnuplot(const std::string& program);

}  // namespace gpu_zstd::compare
