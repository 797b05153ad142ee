#include "tools/compare/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>

#include "tools/compare/debris.h"
#include "tools/compare/error.h"

namespace gpu_zstd::compare {
namespace {

namespace fs = std::filesystem;

// The ending stays last: gnuplot's terminals and viewers go by it.
std::string temporary_name(const std::string& path) {
  const fs::path whole(path);
  std::string name = ".";
  name += whole.stem().string() + ".";
  name += std::to_string(getpid());
  name += whole.extension().string();
  return (whole.parent_path() / name).string();
}

}  // namespace

OutputFile::OutputFile(const std::string& flag, const std::string& path)
    : flag_(flag), path_(path), temporary_path_(temporary_name(path)) {
  std::error_code error;
  if (fs::exists(path, error) && !fs::is_regular_file(path, error)) {
    throw CompareError("--" + flag + "=" + path +
                       ": exists and is not an ordinary file");
  }
  int descriptor = -1;
  if (const int failed = create_file(temporary_path_, &descriptor)) {
    fail(failed);
  }
  close(descriptor);
}

void OutputFile::write(std::string_view text) {
  std::ofstream stream(temporary_path_, std::ios::binary | std::ios::trunc);
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.close();
  if (!stream) {
    fail(errno);
  }
}

void OutputFile::publish() {
  if (const int error = publish_file(temporary_path_, path_)) {
    fail(error);
  }
}

void OutputFile::fail(int error) const {
  throw CompareError("--" + flag_ + "=" + path_ + ": cannot be written: " +
                     std::generic_category().message(error));
}

}  // namespace gpu_zstd::compare
