// What bench_codec shows: a line for each engine of a cell, the means over all
// inputs, and everything as JSON. An engine without levels has "none" as its
// level.
#pragma once

#include <string>
#include <vector>

#include "tools/codec/codec_benchmark.h"
#include "tools/codec/relative_time.h"

namespace gpu_zstd::tools {

std::string table_header();
std::string table_lines(const BenchmarkCell& cell);

// Registers, shared memory, workspace and cycles by stage of a cell's engines;
// empty where no engine knows them.
std::string device_lines(const BenchmarkCell& cell);

// For each level, block size and engine the geometric means over the inputs,
// and beside cpu, if that ran, how far ratio and speed are from it.
std::string summary_lines(const std::vector<BenchmarkCell>& cells);

// Everything, with date, machine, versions and `command`; and what ended the
// run early, unless `error` is empty.
std::string json_report(const std::vector<BenchmarkCell>& cells,
                        const std::vector<RelativeTime>& times,
                        const std::string& command, const std::string& error);

}  // namespace gpu_zstd::tools
