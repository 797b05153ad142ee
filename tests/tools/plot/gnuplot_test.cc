// Pictures that gnuplot draws, whole or not at all.
#include "tools/plot/gnuplot.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"

namespace gpu_zstd::plot {
namespace {

class GnuplotTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!has_gnuplot()) GTEST_SKIP() << "no gnuplot";
  }

  test::TempDir dir_;
};

TEST_F(GnuplotTest, DrawsWhatTheEndingSays) {
  draw("plot x title " + quoted("it's a line"), dir_ / "it's.svg", 300, 200);
  const std::string svg = test::read_file(dir_ / "it's.svg");
  EXPECT_NE(svg.find("viewBox=\"0 0 300 200\""), std::string::npos) << svg;
  EXPECT_NE(svg.find("it's a line"), std::string::npos) << svg;
  EXPECT_NE(svg.find("</svg>"), std::string::npos) << svg;
  draw("plot x", dir_ / "x.png", 300, 200);
  EXPECT_TRUE(test::read_file(dir_ / "x.png").starts_with("\x89PNG"));
}

TEST_F(GnuplotTest, LeavesWhatWasThereIfItFails) {
  const std::string path = dir_ / "x.svg";
  test::write_file(path, "before");
  const std::string more(1 << 20, '\n');  // than a pipe holds
  for (const std::string& program :
       {std::string("plot x\nno command"), "plot x\nexit\n" + more,
        std::string("exit\n")}) {
    try {
      draw(program, path, 300, 200);
      ADD_FAILURE();
    } catch (const std::runtime_error& error) {
      EXPECT_EQ(error.what(), path + ": gnuplot could not draw it");
    }
  }
  EXPECT_EQ(test::read_file(path), "before");
  const std::filesystem::directory_iterator files(dir_.path());
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}

}  // namespace
}  // namespace gpu_zstd::plot
