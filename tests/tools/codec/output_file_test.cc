// Files that appear whole or not at all, and frames that are looked at first.
#include "tools/codec/output_file.h"

#include <gtest/gtest.h>
#include <zstd.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tools/codec/frame_check.h"

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
  tools::OutputFile file(path_);
  file.write(bytes);
  EXPECT_EQ(test::read_file(path_), "before");
  file.publish();
  EXPECT_EQ(test::read_file(path_), std::string("ab\0c", 4));
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, LeavesNothingUnlessPublished) {
  tools::write_output(path_, "before");
  { tools::OutputFile(path_).write(std::vector<uint8_t>(100'000)); }
  tools::require_writable(path_);
  tools::require_writable(dir_ / "other");
  EXPECT_EQ(test::read_file(path_), "before");
  EXPECT_EQ(files(), 1u);
}

TEST_F(OutputFileTest, GoesWhereALinkLeads) {
  test::write_file(path_, "before");
  fs::create_symlink(path_, dir_ / "link");
  tools::write_output(dir_ / "link", "after");
  EXPECT_TRUE(fs::is_symlink(dir_ / "link"));
  EXPECT_EQ(test::read_file(path_), "after");
}

TEST_F(OutputFileTest, WritesWhatIsNoFileAsItIs) {
  fs::create_symlink("/dev/null", dir_ / "null");
  tools::require_writable(dir_ / "null");
  tools::write_output(dir_ / "null", "text");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
  EXPECT_EQ(files(), 1u);
  EXPECT_THROW(tools::write_output("/dev/full", "text"), std::runtime_error);
}

TEST_F(OutputFileTest, SaysWhyItCannotBeWritten) {
  const auto expect_refusal = [](const std::string& path,
                                 const std::string& reason) {
    try {
      tools::require_writable(path);
      ADD_FAILURE() << path;
    } catch (const std::runtime_error& e) {
      EXPECT_EQ(e.what(), "cannot write " + path + ": " + reason);
    }
  };
  expect_refusal(dir_ / "no/such", "No such file or directory");
  expect_refusal(dir_.path().string(), "Is a directory");
}

TEST(FrameCheck, NamesTheBlockThatItsFrameIsNotOf) {
  const std::vector<uint8_t> input{1, 2, 3, 4, 5, 6, 7};
  const tools::BlockList blocks{input, 2};
  tools::FrameSet frames;
  frames.stride = 32;
  frames.memory.resize(blocks.count() * frames.stride);
  for (size_t b = 0; b < blocks.count(); ++b) {
    frames.sizes.push_back(
        ZSTD_compress(frames.memory.data() + b * frames.stride, frames.stride,
                      blocks.block(b).data(), blocks.block(b).size(), 1));
  }
  EXPECT_EQ(tools::wrong_block(blocks, 0, 4, frames), std::nullopt);
  EXPECT_TRUE(tools::wrong_block(blocks, 1, 3, frames).has_value());
  frames.memory[2 * frames.stride + frames.sizes[2] - 1] ^= 1;  // a literal
  EXPECT_EQ(tools::wrong_block(blocks, 0, 4, frames), 2u);
  EXPECT_EQ(tools::wrong_block(blocks, 0, 2, frames), std::nullopt);
  frames.sizes[1] = 0;
  EXPECT_EQ(tools::wrong_block(blocks, 0, 2, frames), 1u);
}

}  // namespace
}  // namespace gpu_zstd
