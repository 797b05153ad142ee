#include "tools/process/signals.h"

#include <csignal>

namespace gpu_zstd {

bool is_ignored(int signal_number) {
  struct sigaction action = {};
  return sigaction(signal_number, nullptr, &action) == 0 &&
         action.sa_handler == SIG_IGN;
}

}  // namespace gpu_zstd
