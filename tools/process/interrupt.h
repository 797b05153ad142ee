// Ctrl-C and its kin: the program ends at once, leaving nothing behind.
#pragma once

namespace gpu_zstd {

// From now on SIGINT, SIGTERM and SIGHUP call `before_message`, say on stderr
// which signal came, remove the debris (debris.h) and end the process with 128
// + the signal's number. Those that are ignored, as under nohup, stay so. Call
// once, before any other thread exists.
void end_on_signals(void (*before_message)() = nullptr);

// Whether such a signal has come. The process is about to end: an error seen
// now is a result of the removal and not worth a message.
bool interrupted();

}  // namespace gpu_zstd
