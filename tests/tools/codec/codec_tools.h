// A directory with an input, and the codec's tools run on it.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd {

using Arguments = std::vector<std::string>;

class CodecTools : public testing::Test {
 protected:
  CodecTools() : text_(test::text_like(100'000, 5)) {
    std::filesystem::create_directory(dir_ / "log");
    test::write_file(input_, text_);
  }

  test::ProgramResult run(Arguments arguments) const {
    return test::Program(arguments, dir_ / "log").wait();
  }

  // The program ends with 1 and says why.
  void expect_refusal(const Arguments& arguments,
                      const std::string& message) const {
    const test::ProgramResult result = run(arguments);
    EXPECT_EQ(result.exit_status, 1) << message;
    EXPECT_NE(result.err.find(message), std::string::npos)
        << "expected '" << message << "' in: " << result.err;
  }

  test::TempDir dir_;
  const std::string text_;
  const std::string input_ = dir_ / "input";
  const std::string output_ = dir_ / "output.zst";
};

}  // namespace gpu_zstd
