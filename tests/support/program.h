// Runs a program as a user would, and keeps what it says.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <vector>

namespace gpu_zstd::test {

struct ProgramResult {
  int exit_status = -1;  // 128 + n when ended by an unhandled signal n
  std::string out;
  std::string err;
};

class Program {
 public:
  // Starts it, looked up in PATH if the first argument has no slash. `prepare`
  // runs in the child before that and may only do what is safe after fork().
  // Output goes to files in `directory`, which must outlive this.
  Program(const std::vector<std::string>& arguments,
          const std::string& directory,
          const std::function<void()>& prepare = {});

  pid_t pid() const { return pid_; }

  // Until the text is in what the program has written to stderr, or half a
  // minute has gone. Returns whether it is.
  bool wait_for_err(const std::string& text) const;

  void send(int signal_number) const;
  ProgramResult wait();

 private:
  std::string out_path_;
  std::string err_path_;
  pid_t pid_ = -1;
};

// Runs a shell command to its end: its exit status, and standard output and
// standard error together in `out`.
ProgramResult run_command(const std::string& command);

std::string read_file(const std::string& path);
void write_file(const std::string& path, const std::string& content);

}  // namespace gpu_zstd::test
