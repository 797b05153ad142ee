// What zstd_parallel says about itself.
#pragma once

#include <string>

namespace gpu_zstd {

std::string help_text();
std::string version_text();

}  // namespace gpu_zstd
