// The whole comparison, from input to results.
#pragma once

#include <string>
#include <vector>

#include "tools/compare/options.h"

namespace gpu_zstd::compare {

// Prints the table to stdout, writes the files that the options name, and
// removes its databases. Throws a CompareError; what was made until then is
// removed by remove_debris() (tools/process/debris.h). `command` goes into the
// JSON.
void compare_compression(const CompareOptions& options,
                         const std::vector<std::string>& command);

}  // namespace gpu_zstd::compare
