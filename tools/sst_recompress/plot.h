// What was measured as a picture, drawn by gnuplot.
#pragma once

#include <string>
#include <vector>

#include "tools/sst_recompress/report.h"

namespace gpu_zstd::recompress {

// A gnuplot program: size of all files against uncompressed bytes a second, a
// line for each engine through its levels. Empty where nothing was measured.
std::string plot_program(const std::vector<FileReport>& files);

}  // namespace gpu_zstd::recompress
