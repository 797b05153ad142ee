// The comparison as text for a terminal.
#pragma once

#include <string>
#include <vector>

#include "tools/compare/summary.h"

namespace gpu_zstd::compare {

// A heading, then per cell a line for each side and one for their quotient.
// Columns are aligned; those for threads and subcompactions appear if any cell
// has other than one. Ends with a line feed.
std::string format_table(const std::vector<CellSummary>& cells);

// What each column means, and over all cells how the sides compare.
std::string format_footer(const std::vector<CellSummary>& cells);

}  // namespace gpu_zstd::compare
