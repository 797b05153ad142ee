// Signals that whoever started the program does not want it to see.
#pragma once

namespace gpu_zstd {

// Whether the signal is ignored, as nohup and a shell's background jobs have it
// for what they start. Then it is to stay so.
bool is_ignored(int signal_number);

}  // namespace gpu_zstd
