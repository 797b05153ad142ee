#include "tools/compare/options.h"

#include <algorithm>
#include <charconv>
#include <sstream>

#include "tools/compare/error.h"
#include "tools/compare/variant.h"

namespace gpu_zstd::compare {
namespace {

constexpr int kMinLevel = -131072;  // libzstd's fastest
constexpr int kMaxLevel = 22;

std::string range_text(int64_t low, int64_t high) {
  return "from " + std::to_string(low) + " to " + std::to_string(high);
}

int64_t parse_number(const std::string& flag, const std::string& text,
                     const std::string& part) {
  int64_t number = 0;
  const char* end = part.data() + part.size();
  const auto [stop, error] = std::from_chars(part.data(), end, number);
  if (error != std::errc() || stop != end) {
    throw usage_error(flag, text,
                      "'" + part + "' is not a whole number; expected " +
                          "numbers with commas between, such as 1,3,9");
  }
  return number;
}

}  // namespace

int64_t checked(const std::string& flag, int64_t value, int64_t low,
                int64_t high) {
  if (value < low || value > high) {
    throw usage_error(flag, std::to_string(value),
                      "expected a number " + range_text(low, high));
  }
  return value;
}

std::vector<int64_t> parse_numbers(const std::string& flag,
                                   const std::string& text, int64_t low,
                                   int64_t high) {
  std::vector<int64_t> numbers;
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t comma = std::min(text.find(',', begin), text.size());
    const int64_t number =
        parse_number(flag, text, text.substr(begin, comma - begin));
    if (number < low || number > high) {
      throw usage_error(flag, text,
                        std::to_string(number) + " is out of range; expected " +
                            "numbers " + range_text(low, high));
    }
    if (std::find(numbers.begin(), numbers.end(), number) != numbers.end()) {
      throw usage_error(flag, text, std::to_string(number) + " occurs twice");
    }
    numbers.push_back(number);
    begin = comma + 1;
  }
  return numbers;
}

std::vector<int> parse_levels(const std::string& flag,
                              const std::string& text) {
  const auto numbers = parse_numbers(flag, text, kMinLevel, kMaxLevel);
  if (std::find(numbers.begin(), numbers.end(), 0) != numbers.end()) {
    throw usage_error(flag, text,
                      "0 is not a level; expected 1 to 22, or the fast levels "
                      "-1 to -131072");
  }
  return {numbers.begin(), numbers.end()};
}

RecordRule parse_record_rule(const std::string& flag, const std::string& text) {
  if (text == "fixed") {
    return RecordRule::kFixed;
  }
  if (text == "lines") {
    return RecordRule::kLines;
  }
  throw usage_error(flag, text, "expected 'fixed' or 'lines'");
}

void check_gpu_zstd_options(const std::string& flag, const std::string& text) {
  std::istringstream parts(text);
  for (std::string part; std::getline(parts, part, ';');) {
    const std::string name = part.substr(0, part.find('='));
    if (name == "level" || name == "parallel_threads") {
      throw usage_error(flag, text,
                        "the two sides must run with the same " + name +
                            "; set it with --" +
                            (name == "level" ? "levels" : name));
    }
  }
  const rocksdb::Status status = check_manager_options(text);
  if (!status.ok()) {
    throw usage_error(flag, text, status.ToString());
  }
}

std::vector<Cell> cells_of(const CompareOptions& options) {
  std::vector<Cell> cells;
  for (const uint32_t block_size : options.block_sizes) {
    for (const uint32_t subcompactions : options.subcompactions) {
      cells.push_back({.reference = true,
                       .block_size = block_size,
                       .subcompactions = subcompactions});
      for (const uint32_t threads : options.parallel_threads) {
        for (const int level : options.levels) {
          cells.push_back({.level = level,
                           .block_size = block_size,
                           .parallel_threads = threads,
                           .subcompactions = subcompactions});
        }
      }
    }
  }
  return cells;
}

}  // namespace gpu_zstd::compare
