// Files of the streaming tests.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "cpu_fallback/bulk/file_streaming.h"
#include "tests/cpu_fallback/bulk/bulk_test_util.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"

namespace gpu_zstd::test {

inline void write_file(const std::string& path, const std::string& data) {
  std::ofstream(path, std::ios::binary) << data;
}

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream data;
  data << file.rdbuf();
  return data.str();
}

inline size_t files_in(const std::filesystem::path& dir) {
  return static_cast<size_t>(
      std::distance(std::filesystem::directory_iterator(dir),
                    std::filesystem::directory_iterator()));
}

inline BulkEncodeOptions fast(
    BulkStrategy strategy = BulkStrategy::kAutomatic) {
  BulkEncodeOptions options;
  options.level = 1;
  options.strategy = strategy;
  return options;
}

class FileTest : public testing::Test {
 protected:
  FileTest()
      : codec_(fixed_limits()),
        raw_(text_like(5000000, 1)),
        in_(dir_ / "in"),
        coded_(dir_ / "in.zst"),
        out_(dir_ / "out") {
    write_file(in_, raw_);
  }
  FileCall call(const std::string& input, const std::string& output) const {
    FileCall made;
    made.input = input;
    made.output = output;
    made.sync = false;
    return made;
  }
  // Compresses in_ to coded_.
  void encode() {
    FileCall made = call(in_, coded_);
    made.overwrite = true;
    ASSERT_TRUE(encode_file_streaming(codec_, made, fast()).ok());
  }

  TempDir dir_;
  BulkCodec codec_;
  const std::string raw_;
  const std::string in_;
  const std::string coded_;
  const std::string out_;
};

}  // namespace gpu_zstd::test
