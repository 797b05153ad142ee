#include "tools/compare/input_files.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <numeric>
#include <system_error>

#include "tools/compare/error.h"

namespace gpu_zstd::compare {
namespace {

namespace fs = std::filesystem;

constexpr uint64_t kMaxDefaultFileBytes = 1 << 20;

// One path that was asked for and the files found there.
struct Source {
  std::string path;
  std::vector<InputFile> files;
  uint64_t bytes = 0;
};

// How a directory is read: a user's must be readable whole, a default one may
// have gaps.
struct Rules {
  bool strict = true;
  bool libraries_only = false;
  uint64_t max_file_bytes = UINT64_MAX;
};

[[noreturn]] void fail(const std::string& path, const std::error_code& error) {
  throw CompareError("input " + path + ": " + error.message());
}

bool is_library(const fs::path& path) {
  const std::string name = path.filename().string();
  return name.starts_with("lib") && name.find(".so") != std::string::npos;
}

void add_file(const fs::path& path, const Rules& rules, Source& source) {
  if (access(path.c_str(), R_OK) != 0) {
    if (rules.strict) {
      fail(path, std::error_code(errno, std::generic_category()));
    }
    return;
  }
  std::error_code error;
  const uint64_t bytes = fs::file_size(path, error);
  if (error || bytes == 0) {
    if (error && rules.strict) {
      fail(path, error);
    }
    return;
  }
  source.files.push_back({path, std::min(bytes, rules.max_file_bytes)});
  source.bytes += source.files.back().bytes;
}

void add_directory(const fs::path& directory, const Rules& rules,
                   Source& source) {
  std::error_code error;
  std::vector<fs::path> entries;
  for (fs::directory_iterator entry(directory, error), end;
       !error && entry != end; entry.increment(error)) {
    entries.push_back(entry->path());
  }
  if (error && rules.strict) {
    fail(directory, error);
  }
  std::sort(entries.begin(), entries.end());
  for (const fs::path& path : entries) {
    const fs::file_status status = fs::symlink_status(path, error);
    if (fs::is_directory(status)) {
      if (!rules.libraries_only) {
        add_directory(path, rules, source);
      }
    } else if (fs::is_regular_file(status) &&
               (!rules.libraries_only || is_library(path))) {
      add_file(path, rules, source);
    }
  }
}

Source find_files(const std::string& path) {
  Source source{.path = path, .files = {}};
  std::error_code error;
  const fs::file_status status = fs::status(path, error);
  if (error) {
    fail(path, error);
  }
  if (fs::is_directory(status)) {
    add_directory(path, Rules(), source);
    if (source.bytes == 0) {
      throw CompareError("input " + path +
                         ": the directory holds no file with any bytes");
    }
  } else if (fs::is_regular_file(status)) {
    add_file(path, Rules(), source);
    if (source.bytes == 0) {
      throw CompareError("input " + path + ": the file is empty");
    }
  } else {
    throw CompareError("input " + path + ": expected a file or a directory");
  }
  return source;
}

// Gives every source the same share of `max_bytes`; the smallest first, so
// that what it leaves is shared by the rest.
std::vector<uint64_t> shares_of(const std::vector<Source>& sources,
                                uint64_t max_bytes) {
  std::vector<size_t> order(sources.size());
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    return sources[a].bytes < sources[b].bytes;
  });
  std::vector<uint64_t> shares(sources.size());
  uint64_t left = max_bytes;
  for (size_t done = 0; done < order.size(); ++done) {
    const uint64_t even_share = left / (order.size() - done);
    shares[order[done]] = std::min(sources[order[done]].bytes, even_share);
    left -= shares[order[done]];
  }
  return shares;
}

InputSelection take(const std::vector<Source>& sources, uint64_t max_bytes) {
  InputSelection selection;
  const std::vector<uint64_t> shares = shares_of(sources, max_bytes);
  for (size_t i = 0; i < sources.size(); ++i) {
    selection.sources.push_back(sources[i].path);
    selection.available_bytes += sources[i].bytes;
    uint64_t left = shares[i];
    for (const InputFile& file : sources[i].files) {
      const uint64_t bytes = std::min(file.bytes, left);
      if (bytes == 0) {
        break;
      }
      selection.files.push_back({file.path, bytes});
      selection.taken_bytes += bytes;
      left -= bytes;
    }
  }
  return selection;
}

// "/usr/lib/x86_64-linux-gnu" on Debian and its kin, "/usr/lib64" elsewhere.
std::vector<std::string> library_directories() {
  std::vector<std::string> directories{"/usr/lib64"};
  std::error_code error;
  for (fs::directory_iterator entry("/usr/lib", error), end;
       !error && entry != end; entry.increment(error)) {
    if (entry->path().filename().string().ends_with("-linux-gnu")) {
      directories.push_back(entry->path());
    }
  }
  std::sort(directories.begin(), directories.end());
  return directories;
}

}  // namespace

InputSelection select_input(const std::vector<std::string>& paths,
                            uint64_t max_bytes) {
  std::vector<Source> sources;
  for (const std::string& path : paths) {
    sources.push_back(find_files(path));
  }
  return take(sources, max_bytes);
}

InputSelection select_default_input(const std::string& rocksdb_source,
                                    uint64_t max_bytes) {
  std::vector<Source> sources;
  const auto add = [&](const std::string& path, bool libraries_only) {
    Source source{.path = path, .files = {}};
    add_directory(path,
                  {.strict = false,
                   .libraries_only = libraries_only,
                   .max_file_bytes = kMaxDefaultFileBytes},
                  source);
    if (source.bytes != 0) {
      sources.push_back(std::move(source));
    }
  };
  if (!rocksdb_source.empty()) {
    add(rocksdb_source, false);
  }
  for (const std::string& directory : library_directories()) {
    add(directory, true);
  }
  add("/usr/include", false);
  add("/usr/share", false);
  if (sources.empty()) {
    throw CompareError("found no input on this machine; name files to use");
  }
  return take(sources, max_bytes);
}

}  // namespace gpu_zstd::compare
