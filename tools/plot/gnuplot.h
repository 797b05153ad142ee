// Pictures by gnuplot: what the tools' programs for it have in common.
#pragma once

#include <string>

namespace gpu_zstd::plot {

bool has_gnuplot();

// Text as gnuplot reads it as it is.
std::string quoted(const std::string& text);

// The lines that have a picture of so many points written to `path`: SVG, or
// PNG if it ends in ".png".
std::string output_lines(const std::string& path, int width, int height);

// Has gnuplot run the program; false if it cannot be started or fails.
bool run_gnuplot(const std::string& program);

}  // namespace gpu_zstd::plot
