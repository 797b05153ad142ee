#include "tools/process/interrupt.h"

#include <signal.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <initializer_list>
#include <thread>

#include "tools/process/debris.h"
#include "tools/process/signals.h"

namespace gpu_zstd {
namespace {

std::atomic<bool> g_interrupted{false};

// An ordinary thread, not a handler: it may lock, allocate and print.
[[noreturn]] void wait_and_end(sigset_t signals, void (*before_message)()) {
  int signal_number = 0;
  while (sigwait(&signals, &signal_number) != 0) {
  }
  g_interrupted = true;
  if (before_message != nullptr) {
    before_message();
  }
  std::fprintf(stderr, "%s: stopped by signal %d (%s)\n",
               program_invocation_short_name, signal_number,
               strsignal(signal_number));
  remove_debris_for_good();
  _exit(128 + signal_number);
}

}  // namespace

void end_on_signals(void (*before_message)()) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal_number : {SIGINT, SIGTERM, SIGHUP}) {
    if (!is_ignored(signal_number)) {  // sigwait() would see it all the same
      sigaddset(&signals, signal_number);
    }
  }
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::thread(wait_and_end, signals, before_message).detach();
}

bool interrupted() { return g_interrupted; }

}  // namespace gpu_zstd
