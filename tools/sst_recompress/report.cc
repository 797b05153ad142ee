#include "tools/sst_recompress/report.h"

#include <map>
#include <nlohmann/json.hpp>

#include "tools/compare/human.h"

namespace gpu_zstd::recompress {
namespace {

using Json = nlohmann::ordered_json;

struct Sum {
  uint64_t files = 0;
  uint64_t source_bytes = 0;
  uint64_t output_bytes = 0;
  StoreCounts data;
  double seconds = 0;

  void add(const FileReport& file) {
    ++files;
    source_bytes += file.source_bytes;
    output_bytes += file.output_bytes;
    data.add(file.data);
    seconds += file.seconds;
  }
};

std::string sizes_text(uint64_t from, uint64_t to) {
  std::string text =
      compare::megabytes_text(from) + " -> " + compare::megabytes_text(to);
  if (from > 0) {
    text += " (" +
            compare::fixed_text(
                100 * static_cast<double>(to) / static_cast<double>(from), 1) +
            " %)";
  }
  return text;
}

std::string rate_text(uint64_t raw_bytes, double seconds) {
  return seconds > 0 ? compare::megabytes_text(static_cast<uint64_t>(
                           static_cast<double>(raw_bytes) / seconds)) +
                           "/s"
                     : "-";
}

const char* outcome_of(const rocksdb::Status& status) {
  if (status.ok()) {
    return "done";
  }
  if (status.IsNotSupported()) {
    return "refused";
  }
  return status.IsAborted() ? "cancelled" : "failed";
}

const char* verify_name(VerifyMode verify) {
  switch (verify) {
    case VerifyMode::kNone:
      return "none";
    case VerifyMode::kChecksum:
      return "checksum";
    case VerifyMode::kFull:
      return "full";
  }
  return "";
}

const char* mode_name(const Command& command) {
  if (command.measure) {
    return "measure";
  }
  return command.dry_run ? "dry_run" : "rewrite";
}

Json to_json(const FileReport& file) {
  Json json = {{"source", file.source},
               {"output", file.output},
               {"compression_level", file.level},
               {"outcome", outcome_of(file.status)}};
  if (!file.status.ok()) {
    json["error"] = file.status.ToString();
    return json;
  }
  json["source_bytes"] = file.source_bytes;
  json["output_bytes"] = file.output_bytes;
  json["uncompressed_data_bytes"] = file.data.raw_bytes;
  json["data_blocks"] = file.data.blocks;
  json["blocks_rejected"] = file.data.rejected;
  json["blocks_bypassed"] = file.data.bypassed;
  json["seconds"] = file.seconds;
  return json;
}

}  // namespace

std::string file_line(const FileReport& file) {
  return file.source + "  level " + std::to_string(file.level) + "  " +
         sizes_text(file.source_bytes, file.output_bytes) + "  " +
         std::to_string(file.data.blocks) + " blocks  " +
         rate_text(file.data.raw_bytes, file.seconds);
}

std::string summary_text(const std::vector<FileReport>& files) {
  std::map<int, Sum> levels;
  std::map<std::string, int> outcomes;
  for (const FileReport& file : files) {
    ++outcomes[outcome_of(file.status)];
    if (file.status.ok()) {
      levels[file.level].add(file);
    }
  }
  std::string text;
  for (const auto& [level, sum] : levels) {
    text += "level " + std::to_string(level) + ": " +
            std::to_string(sum.files) +
            (sum.files == 1 ? " file  " : " files  ") +
            sizes_text(sum.source_bytes, sum.output_bytes) + "  uncompressed " +
            compare::megabytes_text(sum.data.raw_bytes) + "  " +
            compare::fixed_text(sum.seconds, 2) + " s  " +
            rate_text(sum.data.raw_bytes, sum.seconds) + "\n";
  }
  for (const char* outcome : {"failed", "refused", "cancelled"}) {
    if (outcomes[outcome] > 0) {
      text += std::to_string(outcomes[outcome]) + " " + outcome + "\n";
    }
  }
  return text;
}

std::string json_text(const Command& command,
                      const std::vector<FileReport>& files) {
  Json json = {
      {"tool", "sst_recompress"},
      {"version", GPU_ZSTD_VERSION},
      {"mode", mode_name(command)},
      {"engine", "cpu"},
      {"threads", command.threads},
      {"verify", command.measure ? "none" : verify_name(command.verify)},
      {"files", Json::array()}};
  for (const FileReport& file : files) {
    json["files"].push_back(to_json(file));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace gpu_zstd::recompress
