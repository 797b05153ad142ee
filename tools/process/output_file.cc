#include "tools/process/output_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "tools/process/debris.h"

namespace gpu_zstd {
namespace {

namespace fs = std::filesystem;

bool is_special(const std::string& path) {
  std::error_code error;
  return fs::exists(path, error) && !fs::is_regular_file(path, error);
}

// Where a symbolic link leads to, also when there is nothing yet.
std::string target_of(const std::string& path) {
  constexpr int kMostLinks = 40;  // as Linux has it
  std::error_code error;
  if (const fs::path target = fs::canonical(path, error); !error) return target;
  fs::path target = path;
  for (int i = 0; i < kMostLinks && !fs::exists(target, error); ++i) {
    const fs::path next = fs::read_symlink(target, error);
    if (error) break;
    target = target.parent_path() / next;
  }
  return target;
}

// Gives a new file the mode of the one that it will replace.
void take_mode(std::FILE* file, const std::string& replaced) {
  struct stat before;
  if (stat(replaced.c_str(), &before) == 0) {
    static_cast<void>(fchmod(fileno(file), before.st_mode & 07777));
  }
}

// Makes a file beside `path`, whatever a killed program has left there.
std::FILE* create_beside(const std::string& path, std::string* name) {
  static std::atomic<unsigned> counter{0};
  std::FILE* file = nullptr;
  do {
    *name = path + '.' + std::to_string(getpid()) + '-' +
            std::to_string(counter++) + ".tmp";
    file = create_file(*name);
  } while (file == nullptr && errno == EEXIST);
  return file;
}

}  // namespace

OutputFile::OutputFile(const std::string& path)
    : path_(path), target_(target_of(path)) {
  file_.reset(is_special(target_) ? std::fopen(target_.c_str(), "wbe")
                                  : create_beside(target_, &temporary_));
  if (file_ == nullptr) fail(errno);
  if (!temporary_.empty()) take_mode(file_.get(), target_);
}

OutputFile::~OutputFile() {
  file_.reset();
  if (!temporary_.empty()) remove_file(temporary_);
}

void OutputFile::write(std::span<const uint8_t> bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    fail(errno);
  }
}

std::string OutputFile::name_for_others() const {
  return "/proc/" + std::to_string(getpid()) + "/fd/" +
         std::to_string(fileno(file_.get()));
}

void OutputFile::publish() {
  if (std::fclose(file_.release()) != 0) fail(errno);
  if (temporary_.empty()) return;
  if (const int error = publish_file(temporary_, target_)) fail(error);
  temporary_.clear();
}

void OutputFile::fail(int error) const {
  throw std::system_error(error, std::generic_category(),
                          "cannot write " + path_);
}

void require_writable(const std::string& path) {
  if (!is_special(path) || fs::is_directory(path)) OutputFile file(path);
}

void write_output(const std::string& path, const std::string& text) {
  OutputFile file(path);
  file.write({reinterpret_cast<const uint8_t*>(text.data()), text.size()});
  file.publish();
}

}  // namespace gpu_zstd
