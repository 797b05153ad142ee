// A result file that appears whole or not at all.
#pragma once

#include <string>
#include <string_view>

namespace gpu_zstd::compare {

class OutputFile {
 public:
  // Makes a file beside `path` under a temporary name, so that a path that
  // cannot be written is known before the work begins. Throws a CompareError
  // that names `flag` and the path, also if the path is no ordinary file.
  OutputFile(const std::string& flag, const std::string& path);

  // Where to write until publish().
  const std::string& temporary_path() const { return temporary_path_; }

  // Puts `text` into the temporary file. Throws a CompareError.
  void write(std::string_view text);

  // Gives the temporary file its name; a file of that name is replaced.
  void publish();

 private:
  [[noreturn]] void fail(int error) const;

  std::string flag_;
  std::string path_;
  std::string temporary_path_;
};

}  // namespace gpu_zstd::compare
