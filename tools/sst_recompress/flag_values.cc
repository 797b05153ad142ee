#include "tools/sst_recompress/flag_values.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <system_error>

#include "scheduler/scheduler.h"
#include "tools/sst_recompress/engine.h"
#include "tools/sst_recompress/error.h"

namespace gpu_zstd::recompress {

void bad_value(const std::string& flag, const std::string& value,
               const std::string& expected) {
  throw UsageError("--" + flag + "=" + value + ": expected " + expected);
}

int to_level(const char* flag, int level) {
  if (level == 0 || level < Scheduler::min_level() ||
      level > Scheduler::max_level()) {
    bad_value(flag, std::to_string(level),
              "a zstd level from " + std::to_string(Scheduler::min_level()) +
                  " to " + std::to_string(Scheduler::max_level()) + ", not 0");
  }
  return level;
}

VerifyMode to_verify_mode(const std::string& text) {
  if (text == "full") {
    return VerifyMode::kFull;
  }
  if (text == "checksum") {
    return VerifyMode::kChecksum;
  }
  if (text == "none") {
    return VerifyMode::kNone;
  }
  bad_value("verify", text, "full, checksum or none");
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (size_t begin = 0; !list.empty() && begin <= list.size();) {
    const size_t end = std::min(list.find(',', begin), list.size());
    parts.push_back(list.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

std::vector<std::string> to_engines(const std::string& text,
                                    bool may_be_several) {
  std::vector<std::string> engines = split(text);
  for (const std::string& engine : engines) {
    if (std::count(engine_names().begin(), engine_names().end(), engine) == 0) {
      engines.clear();
      break;
    }
  }
  if (engines.empty() || (engines.size() > 1 && !may_be_several)) {
    bad_value("engine", text, "auto, gpu or cpu, with --measure also several");
  }
  return engines;
}

Shard to_shard(const std::string& text) {
  Shard shard{.index = 0, .count = 0};
  const char* const end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, shard.index);
  if (parsed.ec == std::errc() && parsed.ptr != end && *parsed.ptr == '/') {
    parsed = std::from_chars(parsed.ptr + 1, end, shard.count);
  }
  if (parsed.ec != std::errc() || parsed.ptr != end || shard.index < 1 ||
      shard.index > shard.count) {
    bad_value("shard", text, "i/N, such as 3/8, i from 1 to N");
  }
  return shard;
}

CommitUnit to_commit_unit(const std::string& text) {
  if (text == "file") {
    return CommitUnit::kFile;
  }
  if (text == "level") {
    return CommitUnit::kLevel;
  }
  if (text == "column_family") {
    return CommitUnit::kColumnFamily;
  }
  bad_value("commit", text, "file, level or column_family");
}

std::vector<int> to_lsm_levels(const std::string& text) {
  std::vector<int> levels;
  for (const std::string& level : split(text)) {
    char* end = nullptr;
    const long number = std::strtol(level.c_str(), &end, 10);
    if (level.empty() || *end != '\0' || number < 0 || number > 1000) {
      bad_value("level", text, "LSM levels, such as 5,6");
    }
    levels.push_back(static_cast<int>(number));
  }
  return levels;
}

}  // namespace gpu_zstd::recompress
