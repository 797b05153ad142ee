#include "tools/zstd_parallel/arguments.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <string_view>
#include <utility>

#include "cpu_fallback/bulk/limits.h"
#include "tools/zstd_parallel/strategy_names.h"

namespace gpu_zstd {
namespace {

constexpr int kMaxLevel = 22;
constexpr int kDefaultLongWindow = 27;

std::optional<int> whole_number(std::string_view text) {
  int value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

class Parser {
 public:
  explicit Parser(const std::vector<std::string>& words) : words_(words) {}

  std::variant<Arguments, ArgumentError> parse() {
    bool only_files = false;
    while (at_ < words_.size() && error_.empty()) {
      const std::string& word = words_[at_++];
      if (only_files || word == "-" || word.empty() || word[0] != '-') {
        arguments_.inputs.push_back(word);
      } else if (word == "--") {
        only_files = true;
      } else if (word.starts_with("--")) {
        long_flag(word);
      } else {
        short_flags(word);
      }
    }
    check();
    if (!error_.empty()) {
      return ArgumentError{error_};
    }
    return std::move(arguments_);
  }

 private:
  void fail(const std::string& message) {
    if (error_.empty()) {
      error_ = message;
    }
  }

  void long_flag(const std::string& word) {
    const size_t equals = word.find('=');
    const std::string name = word.substr(0, equals);
    const bool has_value = equals != std::string::npos;
    const std::string value = has_value ? word.substr(equals + 1) : "";
    if (has_value ? valued_flag(name, value) : plain_flag(name)) {
      return;
    }
    fail("unknown flag " + word);
  }

  bool plain_flag(const std::string& name) {
    Arguments& a = arguments_;
    const std::map<std::string_view, std::pair<bool*, bool>> switches = {
        {"--seekable", {&a.seekable, true}},
        {"--check", {&a.checksum, true}},
        {"--no-check", {&a.checksum, false}},
        {"--force", {&a.force, true}},
        {"--rm", {&a.remove_source, true}},
        {"--keep", {&a.remove_source, false}},
        {"--stdout", {&a.to_stdout, true}},
        {"--sync", {&a.sync, true}},
        {"--no-sync", {&a.sync, false}}};
    const std::map<std::string_view, Mode> modes = {
        {"--compress", Mode::kCompress},
        {"--decompress", Mode::kDecompress},
        {"--uncompress", Mode::kDecompress},
        {"--test", Mode::kTest},
        {"--calibrate", Mode::kCalibrate},
        {"--help", Mode::kHelp},
        {"--version", Mode::kVersion}};
    if (const auto found = switches.find(name); found != switches.end()) {
      *found->second.first = found->second.second;
    } else if (const auto mode = modes.find(name); mode != modes.end()) {
      set_mode(mode->second);
    } else if (name == "--ultra") {  // levels 20 to 22 need no permission here
    } else if (name == "--fast") {
      a.level = -1;
    } else if (name == "--long") {
      a.window_log = kDefaultLongWindow;
    } else if (name == "--quiet" || name == "--verbose") {
      a.verbosity += name == "--quiet" ? -1 : 1;
    } else {
      return false;
    }
    return true;
  }

  bool valued_flag(const std::string& name, const std::string& value) {
    Arguments& a = arguments_;
    if (name == "--fast") {
      a.level = -number(name, value, 1, 131072);
    } else if (name == "--long") {
      a.window_log = number(name, value, 10, 30);
    } else if (name == "--threads") {
      a.threads = static_cast<unsigned>(number(name, value, 0, 1024));
    } else if (name == "--memory") {
      a.memory_bytes = size(name, value);
    } else if (name == "--strategy") {
      if (!parse_strategy(value, &a.strategy)) {
        fail("--strategy takes auto, single, stealing or pipeline, not '" +
             value + "'");
      }
    } else if (name == "--sizes") {
      sizes(value);
    } else if (name == "--skip-single-above") {
      a.single_max_bytes = size(name, value);
    } else if (name == "--json") {
      a.json = value;
    } else if (name == "--plot") {
      a.plot = value;
    } else {
      return false;
    }
    return true;
  }

  void sizes(const std::string& list) {
    size_t begin = 0;
    while (begin <= list.size()) {
      const size_t end = std::min(list.find(',', begin), list.size());
      arguments_.sizes.push_back(
          size("--sizes", list.substr(begin, end - begin)));
      begin = end + 1;
    }
  }

  void short_flags(const std::string& word) {
    size_t at = 1;
    while (at < word.size() && error_.empty()) {
      const char flag = word[at];
      if (flag >= '0' && flag <= '9') {
        arguments_.level = digits("the level", word, &at, 1, kMaxLevel);
      } else {
        ++at;
        short_flag(flag, word, &at);
      }
    }
  }

  void short_flag(char flag, const std::string& word, size_t* at) {
    Arguments& a = arguments_;
    switch (flag) {
      case 'z':
        return set_mode(Mode::kCompress);
      case 'd':
        return set_mode(Mode::kDecompress);
      case 't':
        return set_mode(Mode::kTest);
      case 'b':
        set_mode(Mode::kBenchmark);
        if (*at < word.size() && word[*at] >= '0' && word[*at] <= '9') {
          a.level = digits("-b", word, at, 1, kMaxLevel);
        }
        return;
      case 'e':
        a.last_level = digits("-e", word, at, 1, kMaxLevel);
        return;
      case 'i':
        a.seconds = digits("-i", word, at, 0, 3600);
        return;
      case 'T':
        a.threads = static_cast<unsigned>(digits("-T", word, at, 0, 1024));
        return;
      case 'B':
        a.frame_bytes = size("-B", word.substr(*at));
        *at = word.size();
        return;
      case 'o':
        return take_output(word, at);
      default:
        return simple_flag(flag);
    }
  }

  void simple_flag(char flag) {
    Arguments& a = arguments_;
    switch (flag) {
      case 'f':
        a.force = true;
        return;
      case 'k':
        a.remove_source = false;
        return;
      case 'c':
        a.to_stdout = true;
        return;
      case 'q':
        --a.verbosity;
        return;
      case 'v':
        ++a.verbosity;
        return;
      case 'C':
        a.checksum = true;
        return;
      case 'h':
      case 'H':
        return set_mode(Mode::kHelp);
      case 'V':
        return set_mode(Mode::kVersion);
      default:
        fail(std::string("unknown flag -") + flag);
    }
  }

  // Help and version win over whatever else is asked.
  void set_mode(Mode mode) {
    if (arguments_.mode != Mode::kHelp && arguments_.mode != Mode::kVersion) {
      arguments_.mode = mode;
    }
  }

  void take_output(const std::string& word, size_t* at) {
    if (*at < word.size()) {
      arguments_.output = word.substr(*at);
      *at = word.size();
    } else if (at_ < words_.size()) {
      arguments_.output = words_[at_++];
    } else {
      fail("-o needs a file name");
    }
  }

  int digits(const std::string& name, const std::string& word, size_t* at,
             int low, int high) {
    size_t end = *at;
    while (end < word.size() && word[end] >= '0' && word[end] <= '9') {
      ++end;
    }
    const std::string text = word.substr(*at, end - *at);
    *at = end;
    return number(name, text, low, high);
  }

  int number(const std::string& name, const std::string& text, int low,
             int high) {
    const std::optional<int> value = whole_number(text);
    if (!value || *value < low || *value > high) {
      fail(name + " takes a number from " + std::to_string(low) + " to " +
           std::to_string(high) + ", not '" + text + "'");
      return low;
    }
    return *value;
  }

  size_t size(const std::string& name, const std::string& text) {
    size_t bytes = 0;
    if (!parse_size(text, &bytes) || bytes == 0) {
      fail(name + " takes sizes such as 64M, not '" + text + "'");
    }
    return bytes;
  }

  void check() {
    const Arguments& a = arguments_;
    if (!a.output.empty() && a.to_stdout) {
      fail("-o and -c cannot go together");
    }
    if (!a.output.empty() && a.inputs.size() > 1) {
      fail("-o takes one input file");
    }
    if (a.mode == Mode::kBenchmark && a.inputs.empty()) {
      fail("-b needs a file");
    }
    if (a.last_level != 0 && a.last_level < a.level) {
      fail("-e must not be below the first level");
    }
  }

  const std::vector<std::string>& words_;
  size_t at_ = 0;
  Arguments arguments_;
  std::string error_;
};

}  // namespace

std::variant<Arguments, ArgumentError> parse_arguments(
    const std::vector<std::string>& words) {
  return Parser(words).parse();
}

}  // namespace gpu_zstd
