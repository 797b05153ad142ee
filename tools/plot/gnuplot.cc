#include "tools/plot/gnuplot.h"

#include <cstdio>
#include <cstdlib>

namespace gpu_zstd::plot {

bool has_gnuplot() {
  return std::system("gnuplot --version >/dev/null 2>&1") == 0;
}

// Nothing is special in single quotes but themselves.
std::string quoted(const std::string& text) {
  std::string result = "'";
  for (const char c : text) {
    result += c;
    if (c == '\'') result += c;
  }
  return result + "'";
}

std::string output_lines(const std::string& path, int width, int height) {
  std::string lines = "set terminal ";
  lines += path.ends_with(".png") ? "pngcairo" : "svg dynamic";
  lines += " size " + std::to_string(width) + "," + std::to_string(height) +
           " noenhanced background 'white'\n";
  return lines + "set output " + quoted(path) + "\n";
}

bool run_gnuplot(const std::string& program) {
  FILE* const pipe = popen("gnuplot", "w");
  if (pipe == nullptr) return false;
  const bool written =
      std::fwrite(program.data(), 1, program.size(), pipe) == program.size();
  return pclose(pipe) == 0 && written;
}

}  // namespace gpu_zstd::plot
