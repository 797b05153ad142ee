// How this tool fails: a message for the person who started it, and an exit
// status. Thrown by any part, caught in main.cc only.
#pragma once

#include <stdexcept>
#include <string>

namespace gpu_zstd::compare {

inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

class CompareError : public std::runtime_error {
 public:
  explicit CompareError(const std::string& message,
                        int exit_status = kExitFailure)
      : std::runtime_error(message), exit_status_(exit_status) {}

  int exit_status() const { return exit_status_; }

 private:
  int exit_status_;
};

// A flag whose value cannot be used: "--levels=99: …".
inline CompareError usage_error(const std::string& flag,
                                const std::string& value,
                                const std::string& expected) {
  return CompareError("--" + flag + "=" + value + ": " + expected, kExitUsage);
}

}  // namespace gpu_zstd::compare
