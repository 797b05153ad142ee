#include "tools/sst_recompress/file_list.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include "tools/sst_recompress/error.h"

namespace gpu_zstd::recompress {
namespace {

namespace fs = std::filesystem;

bool is_directory(const std::string& path) {
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

void add_directory(const std::string& path, std::vector<FilePair>* files) {
  std::vector<std::string> names;
  std::error_code error;
  for (auto it = fs::directory_iterator(path, error);
       !error && it != fs::directory_iterator(); it.increment(error)) {
    if (it->path().extension() == ".sst" && it->is_regular_file(error)) {
      names.push_back(it->path().string());
    }
  }
  if (error) {
    throw UsageError(path + ": " + error.message());
  }
  if (names.empty()) {
    throw UsageError(path + ": has no *.sst file");
  }
  std::sort(names.begin(), names.end());
  for (const std::string& name : names) {
    files->push_back({name, ""});
  }
}

void add_path(const std::string& path, std::vector<FilePair>* files) {
  std::error_code ignored;
  if (is_directory(path)) {
    add_directory(path, files);
  } else if (fs::exists(path, ignored)) {
    files->push_back({path, ""});
  } else {
    throw UsageError(path + ": does not exist");
  }
}

void add_line(const std::string& line, std::vector<FilePair>* files) {
  const size_t tab = line.find('\t');
  if (tab == std::string::npos) {
    add_path(line, files);
    return;
  }
  FilePair pair{line.substr(0, tab), line.substr(tab + 1)};
  std::error_code ignored;
  if (!fs::is_regular_file(pair.source, ignored) || pair.output.empty()) {
    throw UsageError(pair.source + ": expected an SST file, a tab and the " +
                     "new file's name");
  }
  files->push_back(std::move(pair));
}

// Gives names to the files that have none.
void name_outputs(const Command& command, std::vector<FilePair>* files) {
  const bool to_directory = is_directory(command.output);
  const auto nameless =
      std::count_if(files->begin(), files->end(),
                    [](const FilePair& pair) { return pair.output.empty(); });
  if (nameless > 0 && command.output.empty()) {
    throw UsageError("--output is missing: where shall the new file go?");
  }
  if (nameless > 1 && !to_directory) {
    throw UsageError("--output=" + command.output +
                     ": expected a directory that exists, for " +
                     std::to_string(nameless) + " files");
  }
  for (FilePair& pair : *files) {
    if (pair.output.empty()) {
      pair.output =
          to_directory
              ? (fs::path(command.output) / fs::path(pair.source).filename())
                    .string()
              : command.output;
    }
  }
}

// The same text for the same file, however its path is spelt.
std::string canonical(const std::string& path) {
  std::error_code error;
  const fs::path whole = fs::weakly_canonical(fs::absolute(path, error), error);
  return error ? path : whole.string();
}

// No file that is written may be another one's, nor be read: files are done in
// any order, several at a time.
void check_outputs(const std::vector<FilePair>& files) {
  std::set<std::string> sources;
  for (const FilePair& pair : files) {
    sources.insert(canonical(pair.source));
  }
  std::map<std::string, std::string> written;
  for (const FilePair& pair : files) {
    for (const std::string& path :
         {pair.output, pair.output + RewriteOptions().temporary_suffix}) {
      const std::string name = canonical(path);
      if (sources.count(name) > 0) {
        throw UsageError(path + ": would be written, and is a source");
      }
      const auto [at, is_new] = written.emplace(name, pair.source);
      if (!is_new) {
        throw UsageError(at->second + " and " + pair.source +
                         " would both write " + path);
      }
    }
  }
}

}  // namespace

std::vector<std::string> read_lines(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    file.open(path);
  }
  std::istream& in = path != "-" ? file : std::cin;
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  if (!in.eof()) {
    throw UsageError(path + ": cannot be read");
  }
  return lines;
}

bool is_in_shard(const Shard& shard, const std::string& path) {
  return XXH3_64bits(path.data(), path.size()) % shard.count == shard.index - 1;
}

std::vector<FilePair> list_files(const Command& command) {
  std::vector<FilePair> files;
  for (const std::string& path : command.sources) {
    add_path(path, &files);
  }
  if (!command.filelist.empty()) {
    for (const std::string& line : read_lines(command.filelist)) {
      add_line(line, &files);
    }
  }
  if (!command.measure) {
    name_outputs(command, &files);
    check_outputs(files);
  }
  std::erase_if(files, [&](const FilePair& pair) {
    return !is_in_shard(command.shard, pair.source);
  });
  return files;
}

}  // namespace gpu_zstd::recompress
