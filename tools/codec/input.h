// What the codec's tools are given: files, and lists of numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace gpu_zstd::tools {

// The first `max_bytes` of a file, or all of it when that is 0. Throws
// std::runtime_error that names the path.
std::vector<uint8_t> read_input(const std::string& path, uint64_t max_bytes);

// The words of a command, as main() has them, with spaces between.
std::string command_line(int argc, char** argv);

// The parts of a text between its commas.
std::vector<std::string> split_list(const std::string& text);

// Throws std::runtime_error that names the path unless it is a file with
// something in it: what a benchmark looks at before it begins.
void require_content(const std::string& path);

// A list of whole numbers from `least` to `most`, divided by commas. Throws
// std::runtime_error that names the flag, the part that is none and what was
// expected.
std::vector<uint64_t> parse_numbers(const std::string& flag,
                                    const std::string& text, uint64_t least,
                                    uint64_t most);

// The same for one number.
uint64_t parse_number(const std::string& flag, const std::string& text,
                      uint64_t least, uint64_t most);

}  // namespace gpu_zstd::tools
