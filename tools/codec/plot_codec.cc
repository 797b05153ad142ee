// plot_codec: a result of bench_codec as a picture.
#include <gflags/gflags.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

#include "tools/codec/codec_plot.h"
#include "tools/codec/input.h"
#include "tools/plot/gnuplot.h"
#include "tools/process/interrupt.h"

DEFINE_string(block_size, "16384", "bytes of the blocks to show");
DEFINE_string(title, "",
              "of the picture; empty: what the means are of, in words");
DEFINE_string(o, "", "file to write: SVG, or PNG if it ends in .png");

namespace gpu_zstd::tools {
namespace {

void run(const std::string& path) {
  const size_t block_bytes =
      parse_number("block_size", FLAGS_block_size, 1, 1 << 30);
  const std::vector<uint8_t> content = read_input(path, 0);
  const auto means = comparable_means(
      cells_of_json(std::string(content.begin(), content.end()), path),
      block_bytes);
  std::string title = FLAGS_title;
  if (title.empty()) {
    title = "blocks of " + std::to_string(block_bytes) +
            " bytes, geometric means over " + std::to_string(means[0].inputs) +
            (means[0].inputs == 1 ? " input" : " inputs");
  }
  if (!plot::has_gnuplot()) {
    throw std::runtime_error(
        "gnuplot, which draws the picture, was not found. Debian and Ubuntu: "
        "apt-get install gnuplot-nox");
  }
  plot::draw(codec_plot_program(means, title), FLAGS_o, 900, 600);
}

}  // namespace
}  // namespace gpu_zstd::tools

int main(int argc, char** argv) {
  gflags::SetUsageMessage(
      "draws speed against ratio, a line for each engine through its levels\n\n"
      "  bench_codec --engine=gpu,cpu,nvcomp --json=RESULT.json FILE...\n"
      "  plot_codec RESULT.json -o PICTURE.svg");
  gflags::ParseCommandLineFlags(&argc, &argv, true);
  gpu_zstd::end_on_signals();
  try {
    if (argc != 2 || FLAGS_o.empty()) {
      throw std::runtime_error(
          "expected one RESULT.json and -o PICTURE.svg; see --help");
    }
    gpu_zstd::tools::run(argv[1]);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "plot_codec: %s\n", e.what());
    return 1;
  }
  return 0;
}
