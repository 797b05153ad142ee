#include "tools/codec/input.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace gpu_zstd::tools {

std::vector<uint8_t> read_input(const std::string& path, uint64_t max_bytes) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) {
    throw std::runtime_error("cannot read " + path + ": " +
                             (error ? error.message() : "not a regular file"));
  }
  uint64_t bytes = std::filesystem::file_size(path);
  if (max_bytes != 0) bytes = std::min(bytes, max_bytes);
  std::vector<uint8_t> content(bytes);
  std::ifstream in(path, std::ios::binary);
  if (!in.read(reinterpret_cast<char*>(content.data()),
               static_cast<std::streamsize>(bytes))) {
    throw std::runtime_error(
        "cannot read " + path + ": " +
        (in.eof() ? "it ends before its size" : std::strerror(errno)));
  }
  return content;
}

void require_content(const std::string& path) {
  if (read_input(path, 1).empty()) throw std::runtime_error(path + " is empty");
}

std::string command_line(int argc, char** argv) {
  std::string line;
  for (int i = 0; i < argc; ++i) {
    if (i > 0) line += ' ';
    line += argv[i];
  }
  return line;
}

std::vector<std::string> split_list(const std::string& text) {
  std::vector<std::string> parts;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

uint64_t parse_number(const std::string& flag, const std::string& text,
                      uint64_t least, uint64_t most) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc() || stop != end || number < least || number > most) {
    throw std::runtime_error(
        "--" + flag + ": '" + text + "' is no whole number from " +
        std::to_string(least) + " to " + std::to_string(most));
  }
  return number;
}

std::vector<uint64_t> parse_numbers(const std::string& flag,
                                    const std::string& text, uint64_t least,
                                    uint64_t most) {
  std::vector<uint64_t> numbers;
  for (const std::string& part : split_list(text)) {
    numbers.push_back(parse_number(flag, part, least, most));
  }
  return numbers;
}

}  // namespace gpu_zstd::tools
