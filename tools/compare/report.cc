#include "tools/compare/report.h"

#include "tools/compare/json_writer.h"

namespace gpu_zstd::compare {
namespace {

void write_strings(JsonWriter& json, const char* name,
                   const std::vector<std::string>& strings) {
  json.key(name).begin_array();
  for (const std::string& string : strings) {
    json.value(string);
  }
  json.end_array();
}

void write_spread(JsonWriter& json, const char* name, const Spread& spread) {
  json.key(name)
      .begin_object()
      .member("median", spread.median)
      .member("min", spread.min)
      .member("max", spread.max)
      .end_object();
}

void write_circumstances(JsonWriter& json, const Report& report) {
  json.key("machine")
      .begin_object()
      .member("cpu", report.machine.cpu)
      .member("cpus", report.machine.cpus)
      .member("memory_bytes", report.machine.memory_bytes)
      .member("kernel", report.machine.kernel)
      .member("load_average_1min", report.machine.load_average)
      .member("file_system", report.file_system)
      .end_object();
  json.key("versions")
      .begin_object()
      .member("gpu_zstd", report.versions.gpu_zstd)
      .member("rocksdb", report.versions.rocksdb)
      .member("zstd", report.versions.zstd)
      .end_object();
}

void write_input(JsonWriter& json, const Report& report) {
  const bool fixed = report.options.records == RecordRule::kFixed;
  json.key("input").begin_object();
  write_strings(json, "sources", report.input.sources);
  json.member("files", uint64_t{report.input.files.size()})
      .member("bytes", report.input.taken_bytes)
      .member("available_bytes", report.input.available_bytes)
      .member("records", fixed ? "fixed" : "lines");
  if (fixed) {
    json.member("value_size", report.options.value_size);
  }
  json.member("keys", report.keys)
      .member("raw_bytes", report.raw_bytes)
      .end_object();
  json.key("settings")
      .begin_object()
      .member("repeats", report.options.repeats)
      .member("write_buffer_size", report.options.write_buffer_size)
      .member("gpu_zstd_options", report.options.gpu_zstd_options)
      .end_object();
}

void write_key(JsonWriter& json, const Cell& cell) {
  if (cell.reference) {
    json.key("level").null();
  } else {
    json.member("level", cell.level);
  }
  json.member("block_size", cell.block_size)
      .member("parallel_threads", cell.parallel_threads)
      .member("subcompactions", cell.subcompactions);
}

void write_side(JsonWriter& json, const SideSummary& side) {
  json.begin_object()
      .member("codec", name_of(side.variant))
      .member("runs", side.runs);
  write_spread(json, "flush_mb_per_s", side.flush_mb_per_s);
  write_spread(json, "flush_cpu_ns_per_byte", side.flush_cpu_ns_per_byte);
  write_spread(json, "compaction_mb_per_s", side.compaction_mb_per_s);
  write_spread(json, "compaction_cpu_ns_per_byte",
               side.compaction_cpu_ns_per_byte);
  write_spread(json, "ratio", side.ratio);
  json.end_object();
}

void write_cell(JsonWriter& json, const CellSummary& cell) {
  json.begin_object();
  write_key(json, cell.cell);
  json.key("sides").begin_array();
  for (const SideSummary& side : cell.sides) {
    write_side(json, side);
  }
  json.end_array();
  if (cell.pair) {
    json.key("gpu_zstd_over_builtin").begin_object();
    write_spread(json, "flush_speed", cell.pair->flush_speed);
    write_spread(json, "flush_cpu", cell.pair->flush_cpu);
    write_spread(json, "compaction_speed", cell.pair->compaction_speed);
    write_spread(json, "compaction_cpu", cell.pair->compaction_cpu);
    write_spread(json, "ratio", cell.pair->ratio);
    json.end_object();
  }
  json.end_object();
}

void write_phase(JsonWriter& json, const char* name, const Phase& phase) {
  json.key(name)
      .begin_object()
      .member("wall_ns", phase.wall_ns)
      .member("cpu_ns", phase.cpu_ns)
      .end_object();
}

void write_run(JsonWriter& json, const RunResult& run) {
  json.begin_object();
  write_key(json, run.spec.cell);
  json.member("codec", name_of(run.spec.variant))
      .member("repeat", run.spec.repeat);
  write_phase(json, "flush", run.flush);
  write_phase(json, "compaction", run.compaction);
  json.member("raw_bytes", run.raw_bytes)
      .member("flushed_sst_bytes", run.flushed_sst_bytes)
      .member("sst_bytes", run.sst_bytes)
      .member("sst_files", run.sst_files);
  json.key("blocks")
      .begin_object()
      .member("cpu", run.blocks.cpu)
      .member("gpu", run.blocks.gpu)
      .member("does_not_fit", run.blocks.does_not_fit)
      .member("failed", run.blocks.failed)
      .end_object();
  json.member("verified_keys", run.verified_keys).end_object();
}

}  // namespace

std::string to_json(const Report& report) {
  JsonWriter json;
  json.begin_object()
      .member("schema", "gpu_zstd.compare_compression/1")
      .member("date", report.date);
  write_strings(json, "command", report.command);
  write_circumstances(json, report);
  write_input(json, report);
  json.key("cells").begin_array();
  for (const CellSummary& cell : report.cells) {
    write_cell(json, cell);
  }
  json.end_array();
  json.key("runs").begin_array();
  for (const RunResult& run : report.runs) {
    write_run(json, run);
  }
  json.end_array().end_object();
  return json.text() + "\n";
}

}  // namespace gpu_zstd::compare
