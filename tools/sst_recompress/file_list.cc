#include "tools/sst_recompress/file_list.h"

#include <algorithm>
#include <filesystem>
#include <map>

#include "tools/sst_recompress/error.h"

namespace gpu_zstd::recompress {
namespace {

namespace fs = std::filesystem;

void add_directory(const std::string& path, std::vector<std::string>* files) {
  const size_t before = files->size();
  std::error_code error;
  for (auto it = fs::directory_iterator(path, error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".sst" && it->is_regular_file(error)) {
      files->push_back(it->path().string());
    }
  }
  if (error) {
    throw UsageError(path + ": " + error.message());
  }
  if (files->size() == before) {
    throw UsageError(path + ": has no *.sst file");
  }
  std::sort(files->begin() + static_cast<ptrdiff_t>(before), files->end());
}

}  // namespace

std::vector<FilePair> list_files(const Command& command) {
  std::vector<std::string> files;
  bool any_directory = false;
  for (const std::string& path : command.sources) {
    std::error_code error;
    if (fs::is_directory(path, error)) {
      any_directory = true;
      add_directory(path, &files);
    } else if (fs::exists(path, error)) {
      files.push_back(path);
    } else {
      throw UsageError(path + ": does not exist");
    }
  }
  std::error_code ignored;
  const bool to_directory = fs::is_directory(command.output, ignored);
  if (!command.measure && !to_directory &&
      (any_directory || files.size() > 1)) {
    throw UsageError("--output=" + command.output +
                     ": expected a directory that exists, for " +
                     std::to_string(files.size()) + " files");
  }
  std::vector<FilePair> pairs;
  std::map<std::string, std::string> taken;
  for (const std::string& file : files) {
    std::string output = command.output;
    if (to_directory) {
      output = (fs::path(output) / fs::path(file).filename()).string();
    }
    const auto [at, is_new] = taken.emplace(output, file);
    if (!command.measure && !is_new) {
      throw UsageError(at->second + " and " + file + " would both become " +
                       output);
    }
    pairs.push_back({file, output});
  }
  return pairs;
}

}  // namespace gpu_zstd::recompress
