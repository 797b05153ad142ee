// gflags, with this project's exit statuses.
#pragma once

namespace gpu_zstd {

// As gflags::ParseCommandLineNonHelpFlags(), which takes the flags from the
// arguments and ends the process itself, with a message, where there is one
// that it does not know or cannot read: with status 2 here, for a mistake on
// the command line. After this gflags ends it for --help and its kin alone,
// with status 0.
void parse_flags(int* argc, char*** argv);

}  // namespace gpu_zstd
