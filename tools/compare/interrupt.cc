#include "tools/compare/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <thread>

#include "tools/compare/debris.h"
#include "tools/compare/progress.h"
#include "tools/process/signals.h"

namespace gpu_zstd::compare {
namespace {

std::atomic<bool> g_interrupted{false};

// An ordinary thread, not a handler: it may lock, allocate and print.
[[noreturn]] void wait_and_end(sigset_t signals) {
  int signal_number = 0;
  while (sigwait(&signals, &signal_number) != 0) {
  }
  g_interrupted = true;
  clear_progress_line();
  std::fprintf(stderr, "compare_compression: stopped by signal %d (%s)\n",
               signal_number, strsignal(signal_number));
  remove_debris_for_good();
  _exit(128 + signal_number);
}

}  // namespace

void handle_signals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal_number)) {  // sigwait() would see it all the same
      sigaddset(&signals, signal_number);
    }
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_and_end, signals).detach();
}

bool interrupted() { return g_interrupted; }

}  // namespace gpu_zstd::compare
