#include "tools/process/debris.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

namespace gpu_zstd {
namespace {

namespace fs = std::filesystem;

enum class Kind { kTree, kDirectory, kFile };

struct Debris {
  std::mutex mutex;  // guards items, and every creation
  std::vector<std::pair<Kind, std::string>> items;
};

// Never destroyed: the signal thread may use it while the process exits.
Debris& debris() {
  static auto* const instance = new Debris;
  return *instance;
}

// RocksDB's threads may still be adding files when a signal ends the program,
// so a tree is removed until it is gone. They cannot bring back a directory
// whose parent is missing.
void remove_tree(const std::string& path) {
  constexpr int kAttempts = 100;
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::error_code error;
    fs::remove_all(path, error);
    if (!fs::exists(path, error)) {
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  std::fprintf(stderr, "%s: could not remove %s\n",
               program_invocation_short_name, path.c_str());
}

void remove_items(Debris& all) {
  for (; !all.items.empty(); all.items.pop_back()) {
    const auto& [kind, path] = all.items.back();
    switch (kind) {
      case Kind::kTree:
        remove_tree(path);
        break;
      case Kind::kDirectory:
        rmdir(path.c_str());
        break;
      case Kind::kFile:
        unlink(path.c_str());
        break;
    }
  }
}

int make_directory(Kind kind, const std::string& path) {
  const std::lock_guard lock(debris().mutex);
  if (mkdir(path.c_str(), 0700) != 0) {
    return errno;
  }
  debris().items.emplace_back(kind, path);
  return 0;
}

}  // namespace

int create_tree(const std::string& path) {
  return make_directory(Kind::kTree, path);
}

int create_directory(const std::string& path) {
  return make_directory(Kind::kDirectory, path);
}

int create_unique_tree(const std::string& prefix, std::string* path) {
  const std::lock_guard lock(debris().mutex);
  std::string name = prefix + "XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return errno;
  }
  debris().items.emplace_back(Kind::kTree, name);
  *path = name;
  return 0;
}

std::FILE* create_file(const std::string& path) {
  const std::lock_guard lock(debris().mutex);
  std::FILE* const file = std::fopen(path.c_str(), "wbxe");
  if (file != nullptr) {
    debris().items.emplace_back(Kind::kFile, path);
  }
  return file;
}

void remove_file(const std::string& path) {
  const std::lock_guard lock(debris().mutex);
  unlink(path.c_str());
  std::erase(debris().items, std::pair(Kind::kFile, path));
}

int publish_file(const std::string& path, const std::string& final_path) {
  const std::lock_guard lock(debris().mutex);
  if (rename(path.c_str(), final_path.c_str()) != 0) {
    return errno;
  }
  std::erase(debris().items, std::pair(Kind::kFile, path));
  return 0;
}

void remove_debris() {
  const std::lock_guard lock(debris().mutex);
  remove_items(debris());
}

void remove_debris_for_good() {
  debris().mutex.lock();  // kept until the process ends
  remove_items(debris());
}

}  // namespace gpu_zstd
