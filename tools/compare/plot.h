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
// line for each codec and block size through its levels.
std::string gnuplot_program(const std::vector<CellSummary>& cells,
                            const std::string& title);

}  // namespace gpu_zstd::compare
