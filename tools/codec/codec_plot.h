// bench_codec's result as a picture: speed against ratio.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "tools/codec/codec_means.h"

namespace gpu_zstd::tools {

// The cells of a file that bench_codec --json wrote but those of generated
// inputs, without their resources, cycles and latencies. Throws
// std::runtime_error that names `path` and what is wrong with it.
std::vector<BenchmarkCell> cells_of_json(const std::string& text,
                                         const std::string& path);

// Throws std::runtime_error unless each engine's means are over the same
// inputs, so that they can be compared, and there are any with `block_bytes`.
std::vector<EngineMean> comparable_means(
    const std::vector<BenchmarkCell>& cells, size_t block_bytes);

// A gnuplot program: a line for each engine through its levels, a point for one
// without.
std::string codec_plot_program(const std::vector<EngineMean>& means,
                               const std::string& title);

}  // namespace gpu_zstd::tools
