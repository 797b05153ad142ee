#include "tools/compare/report.h"

#include <nlohmann/json.hpp>

namespace gpu_zstd::compare {
namespace {

using Json = nlohmann::ordered_json;

Json to_json(const Spread& spread) {
  return {{"median", spread.median}, {"min", spread.min}, {"max", spread.max}};
}

Json machine_of(const Report& report) {
  return {{"cpu", report.machine.cpu},
          {"cpus", report.machine.cpus},
          {"memory_bytes", report.machine.memory_bytes},
          {"kernel", report.machine.kernel},
          {"load_average_1min", report.machine.load_average},
          {"file_system", report.file_system}};
}

Json input_of(const Report& report) {
  const bool fixed = report.options.records == RecordRule::kFixed;
  Json json = {{"sources", report.input.sources},
               {"files", report.input.files.size()},
               {"bytes", report.input.taken_bytes},
               {"available_bytes", report.input.available_bytes},
               {"records", fixed ? "fixed" : "lines"}};
  if (fixed) {
    json["value_size"] = report.options.value_size;
  }
  json["keys"] = report.keys;
  json["raw_bytes"] = report.raw_bytes;
  return json;
}

Json key_of(const Cell& cell) {
  Json json = {{"level", cell.level},
               {"block_size", cell.block_size},
               {"parallel_threads", cell.parallel_threads},
               {"subcompactions", cell.subcompactions}};
  if (cell.reference) {
    json["level"] = nullptr;
  }
  return json;
}

Json to_json(const SideSummary& side) {
  return {
      {"codec", name_of(side.variant)},
      {"runs", side.runs},
      {"flush_mb_per_s", to_json(side.flush_mb_per_s)},
      {"flush_cpu_ns_per_byte", to_json(side.flush_cpu_ns_per_byte)},
      {"compaction_mb_per_s", to_json(side.compaction_mb_per_s)},
      {"compaction_cpu_ns_per_byte", to_json(side.compaction_cpu_ns_per_byte)},
      {"ratio", to_json(side.ratio)}};
}

Json to_json(const CellSummary& cell) {
  Json json = key_of(cell.cell);
  json["sides"] = Json::array();
  for (const SideSummary& side : cell.sides) {
    json["sides"].push_back(to_json(side));
  }
  if (cell.pair) {
    json["gpu_zstd_over_builtin"] = {
        {"flush_speed", to_json(cell.pair->flush_speed)},
        {"flush_cpu", to_json(cell.pair->flush_cpu)},
        {"compaction_speed", to_json(cell.pair->compaction_speed)},
        {"compaction_cpu", to_json(cell.pair->compaction_cpu)},
        {"ratio", to_json(cell.pair->ratio)}};
  }
  return json;
}

Json to_json(const Phase& phase) {
  return {{"wall_ns", phase.wall_ns}, {"cpu_ns", phase.cpu_ns}};
}

Json to_json(const RunResult& run) {
  Json json = key_of(run.spec.cell);
  json["codec"] = name_of(run.spec.variant);
  json["repeat"] = run.spec.repeat;
  json["flush"] = to_json(run.flush);
  json["compaction"] = to_json(run.compaction);
  json["raw_bytes"] = run.raw_bytes;
  json["flushed_sst_bytes"] = run.flushed_sst_bytes;
  json["sst_bytes"] = run.sst_bytes;
  json["sst_files"] = run.sst_files;
  json["blocks"] = {{"cpu", run.blocks.cpu},
                    {"gpu", run.blocks.gpu},
                    {"does_not_fit", run.blocks.does_not_fit},
                    {"failed", run.blocks.failed}};
  json["verified_keys"] = run.verified_keys;
  return json;
}

}  // namespace

std::string to_json(const Report& report) {
  Json json = {{"schema", "gpu_zstd.compare_compression/1"},
               {"date", report.date},
               {"command", report.command},
               {"machine", machine_of(report)},
               {"versions",
                {{"gpu_zstd", report.versions.gpu_zstd},
                 {"rocksdb", report.versions.rocksdb},
                 {"zstd", report.versions.zstd}}},
               {"input", input_of(report)},
               {"settings",
                {{"repeats", report.options.repeats},
                 {"write_buffer_size", report.options.write_buffer_size},
                 {"gpu_zstd_options", report.options.gpu_zstd_options}}},
               {"cells", Json::array()},
               {"runs", Json::array()}};
  for (const CellSummary& cell : report.cells) {
    json["cells"].push_back(to_json(cell));
  }
  for (const RunResult& run : report.runs) {
    json["runs"].push_back(to_json(run));
  }
  // A file name that is not UTF-8 must not cost the results.
  return json.dump(2, ' ', /*ensure_ascii=*/false,
                   Json::error_handler_t::replace) +
         "\n";
}

}  // namespace gpu_zstd::compare
