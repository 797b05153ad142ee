// Files that appear whole or not at all.
#include "tools/process/output_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tools/process/debris.h"
#include "tools/process/interrupt.h"

namespace gpu_zstd {
namespace {

namespace fs = std::filesystem;

class OutputFileTest : public testing::Test {
 protected:
  size_t files() const {
    return static_cast<size_t>(std::distance(
        fs::directory_iterator(dir_.path()), fs::directory_iterator()));
  }

  test::TempDir dir_;
  const std::string path_ = dir_ / "file";
};

TEST_F(OutputFileTest, HasItsNameWhenItIsWhole) {
  const std::vector<uint8_t> bytes{'a', 'b', 0, 'c'};
  test::write_file(path_, "before");
  OutputFile file(path_);
  file.write(bytes);
  EXPECT_EQ(test::read_file(path_), "before");
  file.publish();
  EXPECT_EQ(test::read_file(path_), std::string("ab\0c", 4));
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingUnlessPublished) {
  write_output(path_, "before");
  { OutputFile(path_).write(std::vector<uint8_t>(100'000)); }
  require_writable(path_);
  require_writable(dir_ / "other");
  EXPECT_EQ(test::read_file(path_), "before");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, GoesWhereALinkLeads) {
  test::write_file(path_, "before");
  fs::create_symlink(path_, dir_ / "link");
  write_output(dir_ / "link", "after");
  EXPECT_TRUE(fs::is_symlink(dir_ / "link"));
  EXPECT_EQ(test::read_file(path_), "after");
  fs::create_symlink("new", dir_ / "to_new");
  fs::create_symlink(dir_ / "to_new", dir_ / "far");
  write_output(dir_ / "far", "there");
  EXPECT_TRUE(fs::is_symlink(dir_ / "far"));
  EXPECT_TRUE(fs::is_symlink(dir_ / "to_new"));
  EXPECT_EQ(test::read_file(dir_ / "new"), "there");
}

TEST_F(OutputFileTest, KeepsTheModeOfWhatItReplaces) {
  test::write_file(path_, "before");
  fs::permissions(path_, fs::perms::owner_read | fs::perms::owner_write);
  write_output(path_, "after");
  EXPECT_EQ(fs::status(path_).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
}

TEST_F(OutputFileTest, WritesWhatIsNoFileAsItIs) {
  fs::create_symlink("/dev/null", dir_ / "null");
  require_writable(dir_ / "null");
  write_output(dir_ / "null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(files(), 1u);
  EXPECT_THROW(write_output("/dev/full", "text"), std::system_error);
}

TEST_F(OutputFileTest, SaysWhyItCannotBeWritten) {
  const auto expect_refusal = [](const std::string& path,
                                 const std::string& reason) {
    try {
      require_writable(path);
      ADD_FAILURE() << path;
    } catch (const std::system_error& e) {
      EXPECT_EQ(e.what(), "cannot write " + path + ": " + reason);
    }
  };
  expect_refusal(dir_ / "no/such", "No such file or directory");
  expect_refusal(dir_.path().string(), "Is a directory");
}

TEST_F(OutputFileTest, LeavesAloneWhatAKilledProgramHasLeft) {
  constexpr size_t kLeft = 100;  // of a program with the same process id
  for (size_t n = 0; n < kLeft; ++n) {
    test::write_file(path_ + '.' + std::to_string(getpid()) + '-' +
                         std::to_string(n) + ".tmp",
                     "left");
  }
  write_output(path_, "text");
  EXPECT_EQ(test::read_file(path_), "text");
  EXPECT_EQ(files(), kLeft + 1);
}

TEST_F(OutputFileTest, AnotherProgramCanWriteIt) {
  OutputFile file(path_);
  test::write_file(file.name_for_others(), "theirs");
  file.publish();
  EXPECT_EQ(test::read_file(path_), "theirs");
}

// As by a signal, while another program is about to write it.
TEST_F(OutputFileTest, DoesNotComeBackWhenItWasRemoved) {
  OutputFile file(path_);
  remove_debris();
  test::write_file(file.name_for_others(), "late");
  EXPECT_THROW(file.publish(), std::system_error);
  EXPECT_EQ(files(), 0u);
}

TEST_F(OutputFileTest, ASignalLeavesNothing) {
  const auto wait_for_signal = [&] {
    end_on_signals([] { std::fputs("first this, ", stderr); });
    OutputFile file(path_);
    if (files() != 1) _exit(1);
    kill(getpid(), SIGTERM);
    pause();
  };
  EXPECT_EXIT(wait_for_signal(), testing::ExitedWithCode(128 + SIGTERM),
              "first this, .*: stopped by signal 15");
  EXPECT_EQ(files(), 0u);
}

}  // namespace
}  // namespace gpu_zstd
