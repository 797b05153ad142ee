#include "tools/codec/output_file.h"

#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <stdexcept>

namespace gpu_zstd::tools {
namespace {

namespace fs = std::filesystem;

bool is_special(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_regular_file(path, error);
}

// Where a symbolic link leads to.
std::string target_of(const std::string& path) {
  std::error_code error;
  const fs::path target = fs::canonical(path, error);
  return error ? path : target.string();
}

}  // namespace

OutputFile::OutputFile(const std::string& path) : path_(target_of(path)) {
  const bool special = is_special(path_);
  if (!special) temporary_ = path_ + '.' + std::to_string(getpid()) + ".tmp";
  file_.reset(special ? std::fopen(path_.c_str(), "wb")
                      : std::fopen(temporary_.c_str(), "wbx"));
  if (file_ == nullptr) fail();
}

OutputFile::~OutputFile() {
  file_.reset();
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::write(std::span<const uint8_t> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    fail();
  }
}

void OutputFile::publish() {
  if (std::fclose(file_.release()) != 0) fail();
  if (temporary_.empty()) return;
  if (std::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
  temporary_.clear();
}

void OutputFile::fail() const {
  const std::string reason = std::strerror(errno);
  throw std::runtime_error("cannot write " + path_ + ": " + reason);
}

void require_writable(const std::string& path) {
  if (!is_special(path) || fs::is_directory(path)) OutputFile file(path);
}

void write_output(const std::string& path, const std::string& text) {
  OutputFile file(path);
  file.write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  file.publish();
}

}  // namespace gpu_zstd::tools
