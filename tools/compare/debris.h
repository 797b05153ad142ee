// What must not outlive this program: its working directory and half-written
// result files. Everything of the kind is created here, so that an error, the
// normal end and a signal all remove it, and nothing that was there before.
//
// All functions are thread-safe. Paths are absolute or relative to a working
// directory that does not change.
#pragma once

#include <string>

namespace gpu_zstd::compare {

// Makes a directory; all that is put into it later is removed with it.
// Returns 0 or an errno value.
int create_tree(const std::string& path);

// The same for a new directory under `prefix` with six random characters.
// *path receives its name.
int create_unique_tree(const std::string& prefix, std::string* path);

// Makes a directory that is removed only if it is empty by then.
int create_directory(const std::string& path);

// Makes a new file, opened for writing; EEXIST if there is one.
int create_file(const std::string& path, int* descriptor);

// Gives a created file its final name, replacing what has it; from then on it
// is kept. Returns 0 or an errno value.
int publish_file(const std::string& path, const std::string& final_path);

// Removes all of it, the latest first.
void remove_debris();

// Removes all of it and lets nothing be created after: a creating thread
// waits until the process ends.
void remove_debris_for_good();

}  // namespace gpu_zstd::compare
