// sst_recompress: SST files with another compression, and nothing else changed.
// flags.cc says what it can be asked, run.cc what it does.
#include <cstdio>
#include <exception>

#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/file_list.h"
#include "tools/sst_recompress/flags.h"
#include "tools/sst_recompress/interrupt.h"
#include "tools/sst_recompress/report.h"
#include "tools/sst_recompress/run.h"
#include "tools/sst_recompress/run_database.h"

namespace {

int fail(const char* message, int exit_status) {
  std::fprintf(stderr, "sst_recompress: %s\n", message);
  return exit_status;
}

}  // namespace

int main(int argc, char** argv) {
  namespace recompress = gpu_zstd::recompress;
  try {
    const recompress::Command command =
        recompress::parse_command_line(argc, argv);
    recompress::require_places(command);
    recompress::handle_signals();
    return command.in_place
               ? recompress::run_databases(command)
               : recompress::run(command, recompress::list_files(command));
  } catch (const recompress::UsageError& error) {
    return fail(error.what(), recompress::kExitUsage);
  } catch (const std::exception& error) {
    return fail(error.what(), recompress::kExitFailed);
  }
}
