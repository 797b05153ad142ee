// What the strategies are called on the command line and in reports.
#pragma once

#include <string>

#include "cpu_fallback/bulk/types.h"

namespace gpu_zstd {

// The strategy of that name ("auto", "single", "stealing", "pipeline").
bool parse_strategy(const std::string& name, BulkStrategy* strategy);
const char* strategy_name(BulkStrategy strategy);

}  // namespace gpu_zstd
