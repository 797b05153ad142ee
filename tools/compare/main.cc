// compare_compression: RocksDB's built-in zstd beside GpuZstd, on real input.
// flags.cc says what it can be asked, comparison.cc what it does.
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "tools/compare/comparison.h"
#include "tools/compare/error.h"
#include "tools/compare/flags.h"
#include "tools/compare/progress.h"
#include "tools/process/debris.h"
#include "tools/process/interrupt.h"

namespace gpu_zstd::compare {
namespace {

int fail(const char* message, int exit_status) {
  while (interrupted()) {  // the signal's thread is about to end the process
    pause();
  }
  clear_progress_line();
  std::fflush(stdout);
  std::fprintf(stderr, "compare_compression: %s\n", message);
  remove_debris();
  return exit_status;
}

int run(int argc, char** argv) {
  try {
    const std::vector<std::string> command(argv, argv + argc);
    const CompareOptions options = parse_command_line(argc, argv);
    std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is a write error
    end_on_signals(clear_progress_line);
    compare_compression(options, command);
    remove_debris();
    return 0;
  } catch (const CompareError& error) {
    return fail(error.what(), error.exit_status());
  } catch (const std::exception& error) {
    return fail(error.what(), kExitFailure);
  }
}

}  // namespace
}  // namespace gpu_zstd::compare

int main(int argc, char** argv) { return gpu_zstd::compare::run(argc, argv); }
