#include "tests/rocksdb_glue/sst/power_cut.h"

#include <algorithm>
#include <filesystem>
#include <iterator>

namespace gpu_zstd::test {
namespace {

namespace fs = std::filesystem;

// One spelling for each name.
std::string plain(const std::string& path) {
  std::string text = fs::path(path).lexically_normal().string();
  while (text.size() > 1 && text.back() == '/') {
    text.pop_back();
  }
  return text;
}

std::string directory_of(const std::string& name) {
  return fs::path(name).parent_path().string();
}

}  // namespace

// What the name stands for now; a file seen for the first time gets its second
// name.
PowerCut::FilePtr PowerCut::file_at(const std::string& name) {
  if (const auto known = now_.find(name); known != now_.end()) {
    return known->second;
  }
  if (!fs::exists(name)) {
    return nullptr;
  }
  auto file = std::make_shared<File>();
  file->link = attic_ + "/" + std::to_string(links_++);
  fs::create_hard_link(name, file->link);
  return file;
}

// A name that nobody touched yet is on the disk as it is.
void PowerCut::remember(const std::string& name) {
  const FilePtr file = file_at(name);
  now_.emplace(name, file);
  on_disk_.emplace(name, file);
}

void PowerCut::will_create(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  remember(plain(path));
}

// One that was there is emptied under its name.
void PowerCut::created(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string name = plain(path);
  FilePtr& file = now_[name];
  if (file == nullptr) {
    now_.erase(name);
    const FilePtr made = file_at(name);
    now_[name] = made;
    unsynced_.push_back({{name, made}});
  }
  now_[name]->synced_bytes = 0;
}

void PowerCut::will_rename(const std::string& from, const std::string& to) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string old_name = plain(from);
  const std::string new_name = plain(to);
  remember(old_name);
  remember(new_name);
  const Change change = {{old_name, nullptr}, {new_name, now_[old_name]}};
  unsynced_.push_back(change);
  now_[new_name] = now_[old_name];
  now_[old_name] = nullptr;
}

void PowerCut::will_remove(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string name = plain(path);
  remember(name);
  unsynced_.push_back({{name, nullptr}});
  now_[name] = nullptr;
}

void PowerCut::synced(const std::string& path, uint64_t bytes) {
  const std::lock_guard<std::mutex> lock(mutex_);
  if (const FilePtr& file = now_[plain(path)]; file != nullptr) {
    file->synced_bytes = bytes;
  }
}

// No change here spans two directories.
void PowerCut::directory_synced(const std::string& path) {
  const std::lock_guard<std::mutex> lock(mutex_);
  const std::string directory = plain(path);
  std::erase_if(unsynced_, [&](const Change& change) {
    if (directory_of(change.begin()->first) != directory) {
      return false;
    }
    for (const auto& [name, file] : change) {
      on_disk_[name] = file;
    }
    return true;
  });
}

size_t PowerCut::unsynced_names() const {
  const std::lock_guard<std::mutex> lock(mutex_);
  return unsynced_.size();
}

void PowerCut::lose(size_t kept) {
  const std::lock_guard<std::mutex> lock(mutex_);
  for (size_t i = 0; i < std::min(kept, unsynced_.size()); ++i) {
    for (const auto& [name, file] : unsynced_[i]) {
      on_disk_[name] = file;
    }
  }
  for (const auto& [name, file] : on_disk_) {
    fs::remove(name);
    if (file == nullptr) {
      continue;
    }
    if (file->synced_bytes && fs::file_size(file->link) > *file->synced_bytes) {
      fs::resize_file(file->link, *file->synced_bytes);
    }
    fs::create_hard_link(file->link, name);
  }
}

}  // namespace gpu_zstd::test
