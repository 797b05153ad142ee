#include "tests/support/program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <thread>

#include "tests/support/temp_dir.h"

namespace gpu_zstd::test {
namespace {

void redirect(const std::string& path, int descriptor) {
  const int fd = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0644);
  if (fd < 0 || dup2(fd, descriptor) < 0) {
    _exit(126);
  }
}

}  // namespace

std::string read_file(const std::string& path) {
  std::ostringstream content;
  content << std::ifstream(path, std::ios::binary).rdbuf();
  return content.str();
}

void write_file(const std::string& path, const std::string& content) {
  std::ofstream(path, std::ios::binary) << content;
}

Program::Program(const std::vector<std::string>& arguments,
                 const std::string& directory,
                 const std::function<void()>& prepare)
    : out_path_(directory + "/stdout"), err_path_(directory + "/stderr") {
  unlink(out_path_.c_str());  // what an earlier program said is not awaited
  unlink(err_path_.c_str());
  std::vector<char*> argv;
  for (const std::string& argument : arguments) {
    argv.push_back(const_cast<char*>(argument.c_str()));
  }
  argv.push_back(nullptr);
  pid_ = fork();
  if (pid_ == 0) {
    redirect(out_path_, STDOUT_FILENO);
    redirect(err_path_, STDERR_FILENO);
    if (prepare) {
      prepare();
    }
    execvp(argv[0], argv.data());
    _exit(127);
  }
}

bool Program::wait_for_err(const std::string& text) const {
  for (int attempt = 0; attempt < 3000; ++attempt) {
    if (read_file(err_path_).find(text) != std::string::npos) {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return false;
}

void Program::send(int signal_number) const { kill(pid_, signal_number); }

ProgramResult Program::wait() {
  int status = 0;
  waitpid(pid_, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          read_file(out_path_), read_file(err_path_)};
}

ProgramResult run_command(const std::string& command) {
  const TempDir directory;
  return Program({"/bin/sh", "-c", "exec 2>&1; " + command},
                 directory.path().string())
      .wait();
}

}  // namespace gpu_zstd::test
