// Exit statuses, and errors that end the program before any file is touched.
#pragma once

#include <stdexcept>
#include <string>

namespace gpu_zstd::recompress {

inline constexpr int kExitOk = 0;
inline constexpr int kExitFailed = 1;    // at least one file was not done
inline constexpr int kExitUsage = 2;     // nothing was begun
inline constexpr int kExitRefused = 3;   // all done but tables not supported
inline constexpr int kExitSignal = 128;  // plus the signal's number

// Thrown by any part, caught in main.cc.
class UsageError : public std::runtime_error {
 public:
  using runtime_error::runtime_error;
};

}  // namespace gpu_zstd::recompress
