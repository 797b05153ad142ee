// Files that appear whole or not at all.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace gpu_zstd {

// A file being written, beside its place and under a name of its own, so that
// the directory must be writable; it takes the mode of a file that it replaces.
// What is there already and no regular file, such as a pipe, is written as it
// is. Whoever destroys it before publish() leaves nothing, nor does a signal
// after end_on_signals() (interrupt.h). All functions throw std::system_error
// whose text is "cannot write PATH: REASON".
class OutputFile {
 public:
  explicit OutputFile(const std::string& path);
  ~OutputFile();
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;

  void write(std::span<const uint8_t> bytes);

  // A name by which another program can write the file instead of write(),
  // until publish(). It makes no new file of one that a signal has removed.
  std::string name_for_others() const;

  // Gives the file its name; one of that name is replaced.
  void publish();

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  [[noreturn]] void fail(int error) const;

  std::string path_;       // as given
  std::string target_;     // where a link leads to
  std::string temporary_;  // empty: written as it is, or published
  std::unique_ptr<std::FILE, Close> file_;
};

// Throws as OutputFile does when `path` could not be written; changes nothing.
void require_writable(const std::string& path);

// Makes `path` a file of `text`.
void write_output(const std::string& path, const std::string& text);

}  // namespace gpu_zstd
