// Ctrl-C and its kin end the work in hand cleanly: its temporary file is
// deleted, finished files stay.
#pragma once

namespace gpu_zstd::recompress {

// From now on SIGINT, SIGTERM and SIGHUP are remembered, but for those that are
// ignored, as by nohup; a second one ends the process at once.
void handle_signals();

// The signal that came, or 0. Async-signal-safe and thread-safe.
int signal_received();

}  // namespace gpu_zstd::recompress
