#include "tools/sst_recompress/interrupt.h"

#include <csignal>
#include <initializer_list>

#include "tools/process/signals.h"

namespace gpu_zstd::recompress {
namespace {

volatile std::sig_atomic_t received = 0;

void remember(int signal_number) { received = signal_number; }

}  // namespace

void handle_signals() {
  struct sigaction action = {};
  action.sa_handler = remember;
  // The second signal finds the default action.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal_number)) {
      sigaction(signal_number, &action, nullptr);
    }
  }
}

int signal_received() { return received; }

}  // namespace gpu_zstd::recompress
