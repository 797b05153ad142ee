// Ctrl-C while a database is checked.

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include "tests/support/program.h"
#include "tests/tools/sst_recompress/full_database.h"

namespace gpu_zstd::test {
namespace {

// A pipe that has no room, so that whoever writes to it waits for its reader.
class FullPipe {
 public:
  explicit FullPipe(std::string path) : path_(std::move(path)) {
    EXPECT_EQ(mkfifo(path_.c_str(), 0600), 0);
    reader_ = open(path_.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    writer_ = open(path_.c_str(), O_WRONLY | O_NONBLOCK | O_CLOEXEC);
    const char filler = ' ';
    while (write(writer_, &filler, 1) == 1) {
    }
  }
  ~FullPipe() { close(reader_); }

  const std::string& path() const { return path_; }

  // All that is written until the other writers have closed it.
  std::string read_to_end() {
    close(writer_);
    fcntl(reader_, F_SETFL, 0);
    std::string text;
    char bytes[4096];
    for (;;) {
      const ssize_t got = read(reader_, bytes, sizeof(bytes));
      if (got <= 0) {
        return text;
      }
      text.append(bytes, static_cast<size_t>(got));
    }
  }

 private:
  const std::string path_;
  int reader_ = -1;
  int writer_ = -1;
};

bool is_locked(const std::string& path) {
  const int fd = open(path.c_str(), O_RDWR | O_CLOEXEC);
  struct flock lock = {};
  lock.l_type = F_WRLCK;
  const bool locked = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(fd);
  return locked;
}

using InterruptTest = DatabaseTest;

// The program waits to say that there is no GPU, after it took the lock. No
// file is left to be done then, only to be checked.
TEST_F(InterruptTest, EndsTheCheckOfADatabase) {
  ASSERT_EQ(run({}).exit_status, 0);
  FullPipe errors(dir_ / "errors");
  setenv("CUDA_VISIBLE_DEVICES", "", /*overwrite=*/1);
  Program program({GPU_ZSTD_SST_RECOMPRESS, "--engine=gpu", "--db=" + db_},
                  dir_.path().string(), [&] {
                    dup2(open(errors.path().c_str(), O_WRONLY), STDERR_FILENO);
                  });
  unsetenv("CUDA_VISIBLE_DEVICES");
  while (!is_locked(db_ + "/LOCK")) {
    usleep(1000);
  }
  program.send(SIGINT);
  const std::string says = errors.read_to_end();
  const ProgramResult result = program.wait();
  EXPECT_EQ(result.exit_status, 128 + SIGINT);
  EXPECT_NE(says.find(db_ + ": Operation aborted: cancelled"),
            std::string::npos)
      << says.substr(says.find_first_not_of(' '));
  EXPECT_NE(result.out.find("1 cancelled"), std::string::npos) << result.out;
  EXPECT_EQ(contents_of(db_), contents_);
}

}  // namespace
}  // namespace gpu_zstd::test
