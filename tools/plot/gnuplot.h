// Pictures by gnuplot: what the tools' programs for it have in common.
#pragma once

#include <string>

namespace gpu_zstd::plot {

bool has_gnuplot();

// Text as gnuplot reads it as it is.
std::string quoted(const std::string& text);

// Makes `path` a picture of so many points, which gnuplot draws by the program:
// SVG, or PNG if the path ends in ".png". Throws std::runtime_error that names
// the path if gnuplot cannot be started or fails, or as OutputFile does.
void draw(const std::string& program, const std::string& path, int width,
          int height);

}  // namespace gpu_zstd::plot
