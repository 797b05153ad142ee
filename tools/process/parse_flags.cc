#include "tools/process/parse_flags.h"

#include <gflags/gflags.h>

#include <cstdlib>

// gflags has it for this, and exports it, but no installed header declares it.
namespace GFLAGS_NAMESPACE {
extern void (*gflags_exitfunc)(int);
}

namespace gpu_zstd {

void parse_flags(int* argc, char*** argv) {
  constexpr int kExitUsage = 2;
  GFLAGS_NAMESPACE::gflags_exitfunc = [](int) { std::exit(kExitUsage); };
  gflags::ParseCommandLineNonHelpFlags(argc, argv, /*remove_flags=*/true);
  GFLAGS_NAMESPACE::gflags_exitfunc = [](int) { std::exit(0); };
}

}  // namespace gpu_zstd
