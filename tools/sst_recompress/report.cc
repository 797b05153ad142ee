#include "tools/sst_recompress/report.h"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>
#include <system_error>

#include "tools/compare/human.h"
#include "tools/process/output_file.h"
#include "tools/process/standard_output.h"
#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/interrupt.h"

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

const char* outcome_of(const FileReport& file) {
  const rocksdb::Status& status = file.status;
  if (status.ok()) {
    return file.skipped ? "skipped" : "done";
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
               {"engine", file.engine},
               {"compression_level", file.level},
               {"outcome", outcome_of(file)}};
  if (!file.column_family.empty()) {
    json["column_family"] = file.column_family;
    json["lsm_level"] = file.lsm_level;
  }
  if (!file.status.ok()) {
    json["error"] = file.status.ToString();
  }
  if (!file.status.ok() || file.skipped) {
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

// Says what went wrong on stderr.
bool fail(const std::string& message) {
  std::fprintf(stderr, "sst_recompress: %s\n", message.c_str());
  return false;
}

}  // namespace

std::string file_line(const FileReport& file) {
  std::string line = file.source;
  if (!file.column_family.empty()) {
    line += "  " + file.column_family + " L" + std::to_string(file.lsm_level);
  }
  line += "  level " + std::to_string(file.level) + "  ";
  if (file.skipped) {
    return line + "done before";
  }
  return line + sizes_text(file.source_bytes, file.output_bytes) + "  " +
         std::to_string(file.data.blocks) + " blocks  " +
         rate_text(file.data.raw_bytes, file.seconds);
}

std::string summary_text(const std::vector<FileReport>& files, double seconds) {
  std::map<std::pair<std::string, int>, Sum> sums;
  std::map<std::string, int> outcomes;
  for (const FileReport& file : files) {
    const std::string outcome = outcome_of(file);
    ++outcomes[outcome];
    if (outcome == "done") {
      sums[{file.engine, file.level}].add(file);
    }
  }
  std::string text;
  for (auto& [key, sum] : sums) {
    // Of several, which came one after the other, each has its own time.
    if (sums.size() == 1) {
      sum.seconds = seconds;
    }
    text += key.first + " level " + std::to_string(key.second) + ": " +
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
  if (outcomes["skipped"] > 0) {
    text += std::to_string(outcomes["skipped"]) + " done before\n";
  }
  return text;
}

std::string json_text(const Command& command,
                      const std::vector<FileReport>& files, double seconds) {
  Json json = {
      {"tool", "sst_recompress"},
      {"version", GPU_ZSTD_VERSION},
      {"mode", mode_name(command)},
      {"threads", command.threads},
      {"verify", command.measure ? "none" : verify_name(command.verify)},
      {"shard", std::to_string(command.shard.index) + "/" +
                    std::to_string(command.shard.count)},
      {"seconds", seconds},
      {"files", Json::array()}};
  for (const FileReport& file : files) {
    json["files"].push_back(to_json(file));
  }
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string error_text(const std::string& path, const rocksdb::Status& status) {
  const std::string text = status.ToString();
  return text.find(path) != std::string::npos ? text : path + ": " + text;
}

void print_file(const Command& command, const FileReport& file) {
  if (!file.status.ok()) {
    std::fprintf(stderr, "sst_recompress: %s\n",
                 error_text(file.source, file.status).c_str());
  } else if (command.verbose && !command.quiet && command.json != "-") {
    std::printf("%s\n", file_line(file).c_str());
  }
}

void require_places(const Command& command) {
  for (const std::string& path : {command.json, command.plot}) {
    if (!path.empty() && path != "-") require_writable(path);
  }
}

bool write_report(const Command& command, const std::vector<FileReport>& files,
                  double seconds, const std::string& heading) {
  if (command.json == "-") {
    std::fputs(json_text(command, files, seconds).c_str(), stdout);
  } else if (!command.quiet) {
    std::fputs((heading + summary_text(files, seconds)).c_str(), stdout);
  }
  const bool printed =
      flush_standard_output() || fail("standard output: cannot be written");
  if (command.json.empty() || command.json == "-") {
    return printed;
  }
  try {
    write_output(command.json, json_text(command, files, seconds));
    return printed;
  } catch (const std::system_error& error) {
    return fail(error.what());
  }
}

int exit_status_of(const std::vector<FileReport>& files) {
  if (signal_received() != 0) {
    return kExitSignal + signal_received();
  }
  int exit_status = kExitOk;
  for (const FileReport& file : files) {
    if (!file.status.ok() && !file.status.IsNotSupported()) {
      return kExitFailed;
    }
    if (!file.status.ok()) {
      exit_status = kExitRefused;
    }
  }
  return exit_status;
}

}  // namespace gpu_zstd::recompress
