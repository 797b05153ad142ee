// What must not outlive a program: its working directories and half-written
// files. Everything of the kind is created here, so that an error, the normal
// end and a signal all remove it, and nothing that was there before.
//
// All functions are thread-safe. Paths are absolute or relative to a working
// directory that does not change.
#pragma once

#include <cstdio>
#include <string>

namespace gpu_zstd {

// Makes a directory; all that is put into it later is removed with it.
// Returns 0 or an errno value.
int create_tree(const std::string& path);

// The same for a new directory under `prefix` with six random characters.
// *path receives its name.
int create_unique_tree(const std::string& prefix, std::string* path);

// Makes a directory that is removed only if it is empty by then.
int create_directory(const std::string& path);

// Makes a new file, opened for writing, which the caller closes. Null with
// errno set; EEXIST if there is one.
std::FILE* create_file(const std::string& path);

// Gives a created file its final name, replacing what has it; from then on it
// is kept. Returns 0 or an errno value.
int publish_file(const std::string& path, const std::string& final_path);

// Removes a created file.
void remove_file(const std::string& path);

// Removes all of it, the latest first.
void remove_debris();

// Removes all of it and lets nothing be created after: a creating thread
// waits until the process ends.
void remove_debris_for_good();

}  // namespace gpu_zstd
