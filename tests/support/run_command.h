// Runs a program as a person would from a shell.
#pragma once

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <string>

namespace gpu_zstd::test {

struct CommandResult {
  int exit_code = -1;  // -1: could not be run, or ended by a signal
  std::string output;  // standard output and standard error together
};

// `command` goes to /bin/sh.
inline CommandResult run_command(const std::string& command) {
  CommandResult result;
  FILE* pipe = popen(("(" + command + ") 2>&1").c_str(), "r");
  if (pipe == nullptr) {
    return result;
  }
  std::array<char, 4096> chunk;
  for (size_t n = 0;
       (n = std::fread(chunk.data(), 1, chunk.size(), pipe)) > 0;) {
    result.output.append(chunk.data(), n);
  }
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return result;
}

}  // namespace gpu_zstd::test
