#include "tools/sst_recompress/journal.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <stdexcept>

#include "tools/sst_recompress/error.h"

namespace gpu_zstd::recompress {
namespace {

using Json = nlohmann::ordered_json;

std::string to_line(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string done_line(const Journal::Task& task, uint64_t output_bytes) {
  struct stat source {};
  stat(task.pair.source.c_str(), &source);
  return to_line({{"event", "done"},
                  {"source", task.pair.source},
                  {"source_bytes", source.st_size},
                  {"source_mtime_ns", source.st_mtim.tv_sec * 1'000'000'000 +
                                          source.st_mtim.tv_nsec},
                  {"engine", task.engine},
                  {"compression_level", task.level},
                  {"output", task.pair.output},
                  {"output_bytes", output_bytes}});
}

// A power cut must not take the journal's name away: outputs that it does not
// know are not replaced.
void sync_directory_of(const std::string& path) {
  const std::string directory =
      std::filesystem::absolute(path).parent_path().string();
  const int fd = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsync(fd) != 0) {
    const std::string why = std::strerror(errno);
    close(fd);
    throw UsageError(directory + ": cannot be synced: " + why);
  }
  close(fd);
}

}  // namespace

Journal::Journal(const std::string& path)
    : path_(path),
      fd_(open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (fd_ < 0) {
    throw UsageError("--journal=" + path + ": " + std::strerror(errno));
  }
  if (flock(fd_, LOCK_EX | LOCK_NB) != 0) {
    close(fd_);
    throw UsageError("--journal=" + path +
                     ": another process has it; each shard needs its own");
  }
  sync_directory_of(path);
  read();
}

Journal::~Journal() { close(fd_); }

void Journal::read() {
  std::string text;
  char buffer[1 << 16];
  for (ssize_t got; (got = ::read(fd_, buffer, sizeof(buffer))) > 0;) {
    text.append(buffer, static_cast<size_t>(got));
  }
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = text.find('\n', begin);
    if (end == std::string::npos) {
      append("");  // ends the line that was cut off
      break;
    }
    const std::string line = text.substr(begin, end - begin);
    begin = end + 1;
    const Json json = Json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (json.is_object() && json.value("event", "") == "begin") {
      begun_.insert(json.value("output", ""));
    } else if (json.is_object() && json.value("event", "") == "done") {
      done_.insert(line);
    }
  }
}

bool Journal::is_done(const Task& task) const {
  struct stat output {};
  if (stat(task.pair.output.c_str(), &output) != 0) {
    return false;
  }
  const std::lock_guard<std::mutex> lock(mutex_);
  return done_.contains(done_line(task, static_cast<uint64_t>(output.st_size)));
}

bool Journal::was_begun(const Task& task) const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return begun_.contains(task.pair.output);
}

void Journal::note_begin(const Task& task) {
  const std::lock_guard<std::mutex> lock(mutex_);
  append(to_line({{"event", "begin"},
                  {"source", task.pair.source},
                  {"output", task.pair.output}}));
}

void Journal::note_done(const Task& task, uint64_t output_bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  append(done_line(task, output_bytes));
}

void Journal::append(const std::string& line) {
  const std::string bytes = line + "\n";
  if (write(fd_, bytes.data(), bytes.size()) !=
          static_cast<ssize_t>(bytes.size()) ||
      fdatasync(fd_) != 0) {
    throw std::runtime_error(path_ +
                             ": cannot be written: " + std::strerror(errno));
  }
}

}  // namespace gpu_zstd::recompress
