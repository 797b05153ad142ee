// Results that go to standard output.
#pragma once

namespace gpu_zstd {

// Writes what stdout has buffered. False if that, or anything before it, could
// not be written: a full disk must not look like a success.
bool flush_standard_output();

}  // namespace gpu_zstd
