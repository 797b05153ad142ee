#include "tools/plot/gnuplot.h"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>

#include "tools/process/output_file.h"

namespace gpu_zstd::plot {
namespace {

// One that leaves early must not end this program, whose file would stay.
bool run_gnuplot(const std::string& program) {
  const auto on_closed_pipe = std::signal(SIGPIPE, SIG_IGN);
  FILE* const pipe = popen("gnuplot", "w");
  const bool written =
      pipe != nullptr &&
      std::fwrite(program.data(), 1, program.size(), pipe) == program.size();
  const bool ended_well = pipe != nullptr && pclose(pipe) == 0;
  std::signal(SIGPIPE, on_closed_pipe);
  return written && ended_well;
}

// As by a program that says nothing of what to draw.
bool is_empty_file(const std::string& path) {
  return std::filesystem::is_regular_file(path) &&
         std::filesystem::file_size(path) == 0;
}

}  // namespace

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

void draw(const std::string& program, const std::string& path, int width,
          int height) {
  OutputFile picture(path);
  const std::string output = picture.name_for_others();
  const std::string terminal =
      path.ends_with(".png") ? "pngcairo" : "svg dynamic";
  if (!run_gnuplot("set terminal " + terminal + " size " +
                   std::to_string(width) + "," + std::to_string(height) +
                   " noenhanced background 'white'\nset output " +
                   quoted(output) + "\n" + program) ||
      is_empty_file(output)) {
    throw std::runtime_error(path + ": gnuplot could not draw it");
  }
  picture.publish();
}

}  // namespace gpu_zstd::plot
