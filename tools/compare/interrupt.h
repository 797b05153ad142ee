// Ctrl-C and its kin: the program ends at once, leaving nothing behind.
#pragma once

namespace gpu_zstd::compare {

// From now on SIGINT, SIGTERM and SIGHUP remove the debris (debris.h) and end
// the process with 128 + the signal's number, but for those that are ignored,
// as by nohup; a closed pipe is an ordinary write error. Call once, before any
// other thread exists.
void handle_signals();

// Whether such a signal has come. The process is about to end: an error seen
// now is a result of the removal and not worth a message.
bool interrupted();

}  // namespace gpu_zstd::compare
