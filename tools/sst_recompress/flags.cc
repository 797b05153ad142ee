#include "tools/sst_recompress/flags.h"

#include <gflags/gflags.h>

#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <initializer_list>

#include "tools/compare/plot.h"
#include "tools/process/parse_flags.h"
#include "tools/sst_recompress/error.h"
#include "tools/sst_recompress/file_list.h"
#include "tools/sst_recompress/flag_values.h"

DEFINE_string(output, "",
              "The new file, or with several sources a directory that exists; "
              "there the new files keep their names");
DEFINE_int32(compression_level, 3, "zstd level, 1 to 22 or negative");
DEFINE_int32(compression_level_from, 0,
             "First level to measure; default: --compression_level");
DEFINE_int32(compression_level_to, 0,
             "Last level to measure; default: the first");
DEFINE_bool(measure, false,
            "Say what each level would give for these files: sizes and times. "
            "Nothing is written");
DEFINE_string(engine, "auto",
              "What compresses: 'cpu' (libzstd), 'gpu' (the CPU where no GPU "
              "answers), or 'auto' for the GPU if there is one, else the CPU. "
              "With --measure also several, separated by commas");
DEFINE_string(plot, "",
              "With --measure: draw size against speed, a line for each "
              "engine, to this file (.svg or .png; needs gnuplot)");
DEFINE_string(filelist, "",
              "A file of more sources, one a line ('-': standard input), each "
              "with the new file's name after a tab if --output is not to "
              "decide");
DEFINE_string(shard, "1/1",
              "i/N: do only the i-th of N parts of the files, or of the "
              "databases. N processes with the same list do all of it once, "
              "and write the bytes that one would");
DEFINE_string(journal, "",
              "A file that keeps what has been done, so that the same command "
              "goes on where it was stopped; one for each shard");
DEFINE_int32(files_at_once, 0,
             "Files in hand at a time, which share threads and memory; 0 for a "
             "quarter of the threads, from 2 to 8. --measure does one");
DEFINE_string(verify, "full",
              "How a new file is checked before it gets its name: 'full' "
              "(decompressed and compared with the source block by block), "
              "'checksum' (read back, checksums and all metadata verified) or "
              "'none'");
DEFINE_int32(threads, 0, "Threads; 0 for one on each hardware thread");
DEFINE_int32(memory_mb, 256,
             "Memory for blocks in flight (2^20 bytes); the index of the file "
             "in hand comes on top, about three times its size");
DEFINE_bool(overwrite, false, "Replace files that exist under --output");
DEFINE_string(db, "",
              "A closed database, whose SST files are replaced; instead of "
              "files and --output");
DEFINE_string(dblist, "",
              "A file of databases, one a line ('-': standard input), each as "
              "with --db");
DEFINE_string(column_family, "",
              "With --db: only these column families, separated by commas");
DEFINE_string(level, "",
              "With --db: only files of these LSM levels, separated by commas");
DEFINE_int64(min_file_size, 0, "With --db: only files of at least these bytes");
DEFINE_int64(min_age_seconds, 0,
             "With --db: only files whose data was written at least so long "
             "ago");
DEFINE_bool(force, false,
            "With --db: also files that say they were rewritten at this level");
DEFINE_string(commit, "level",
              "With --db: what is put into the MANIFEST at once, 'file', "
              "'level' or 'column_family'; until then its files exist twice");
DEFINE_bool(dry_run, false,
            "With --db: say what would be done, sizes estimated from a sample");
DEFINE_string(json, "",
              "Write the figures of each file to this file; '-' for standard "
              "output instead of text");
DEFINE_bool(quiet, false, "Print errors only");
DEFINE_bool(v, false, "Print a line for each file");

DECLARE_bool(help);
DECLARE_bool(helpshort);
DECLARE_bool(version);

namespace gpu_zstd::recompress {
namespace {

constexpr char kUsage[] =
    "gives SST files another compression and changes nothing else: the same\n"
    "keys, sequence numbers, block cuts and filters, standard zstd blocks.\n\n"
    "  sst_recompress --compression_level=9 --output=new.sst 000012.sst\n"
    "      one file to one file; the source is only read\n"
    "  sst_recompress -v --threads=8 --output=/backup/small /backup/db\n"
    "      all *.sst files of a directory into another\n"
    "  sst_recompress --db=/data/db --level=6 --compression_level=9 --dry_run\n"
    "      what the bottom level of a closed database would become; without\n"
    "      --dry_run it does\n"
    "  sst_recompress --measure --compression_level_from=1 \\\n"
    "      --compression_level_to=9 --plot=levels.svg /backup/db/000012.sst\n"
    "      what levels 1 to 9 would give, as a picture too; nothing else is\n"
    "      written. Also for the files of a database: --measure --db=…\n"
    "  sst_recompress --filelist=backups.txt --output=/backup/small \\\n"
    "      --shard=3/8 --journal=shard3.journal\n"
    "      the third of eight parts of a list; run again after a crash, it\n"
    "      goes on\n\n"
    "A new file grows under its name with .tmp appended, is synced and, "
    "unless\n"
    "--verify says otherwise, compared with its source before it is renamed.\n"
    "It has an identity of its own: copied over a live database's file it\n"
    "would not be accepted. With --db the new files get new numbers and one\n"
    "edit of the MANIFEST puts them in the place of the old ones, which are\n"
    "deleted then; stopped at any instant, the database is whole and a second\n"
    "run goes on. Tables that cannot be kept exactly are refused:\n"
    "plain and cuckoo tables, foreign compression managers, user-defined\n"
    "indexes, embedded blobs.\n"
    "Exit status: 0 all done; 1 a file failed; 2 a flag cannot be used; 3 all\n"
    "done except refused tables; 128 + n ended by signal n.";

// Only this program's flags, not gflags' own.
[[noreturn]] void print_help() {
  std::printf("sst_recompress %s\n\nFlags:\n", gflags::ProgramUsage());
  std::vector<gflags::CommandLineFlagInfo> flags;
  gflags::GetAllFlags(&flags);
  for (const gflags::CommandLineFlagInfo& flag : flags) {
    if (flag.filename.ends_with("sst_recompress/flags.cc")) {
      std::printf("%s", gflags::DescribeOneFlag(flag).c_str());
    }
  }
  std::exit(kExitOk);
}

std::vector<int> checked_levels() {
  const int first =
      FLAGS_compression_level_from != 0
          ? to_level("compression_level_from", FLAGS_compression_level_from)
          : to_level("compression_level", FLAGS_compression_level);
  const int last =
      FLAGS_compression_level_to != 0
          ? to_level("compression_level_to", FLAGS_compression_level_to)
          : first;
  if ((first != last || FLAGS_compression_level_from != 0) && !FLAGS_measure) {
    throw UsageError(
        "--compression_level_from and --compression_level_to are for "
        "--measure; one file has one level, --compression_level");
  }
  if (last < first) {
    bad_value("compression_level_to", std::to_string(last),
              "at least --compression_level_from, " + std::to_string(first));
  }
  std::vector<int> levels;
  for (int level = first; level <= last; ++level) {
    if (level != 0) {
      levels.push_back(level);
    }
  }
  return levels;
}

// This shard's.
std::vector<std::string> checked_databases(const Shard& shard) {
  std::vector<std::string> databases;
  if (!FLAGS_db.empty()) {
    databases.push_back(FLAGS_db);
  }
  if (!FLAGS_dblist.empty()) {
    const std::vector<std::string> lines = read_lines(FLAGS_dblist);
    databases.insert(databases.end(), lines.begin(), lines.end());
  }
  std::erase_if(databases, [&](const std::string& path) {
    return !is_in_shard(shard, path);
  });
  return databases;
}

FileFilter checked_filter() {
  FileFilter filter;
  filter.column_families = split(FLAGS_column_family);
  filter.levels = to_lsm_levels(FLAGS_level);
  if (FLAGS_min_file_size < 0 || FLAGS_min_age_seconds < 0) {
    throw UsageError(
        "--min_file_size and --min_age_seconds: expected 0 or more");
  }
  filter.min_file_bytes = static_cast<uint64_t>(FLAGS_min_file_size);
  if (FLAGS_min_age_seconds > 0) {
    filter.created_before_s =
        static_cast<uint64_t>(std::time(nullptr) - FLAGS_min_age_seconds) + 1;
  }
  filter.even_if_done = FLAGS_force;
  return filter;
}

bool was_given(const char* flag) {
  return !gflags::GetCommandLineFlagInfoOrDie(flag).is_default;
}

bool wants_databases() { return was_given("db") || was_given("dblist"); }

// A flag that would be ignored is a misunderstanding.
void refuse_flags(std::initializer_list<const char*> names,
                  const std::string& why) {
  for (const char* name : names) {
    if (was_given(name)) {
      throw UsageError(std::string("--") + name + " " + why);
    }
  }
}

// As a script leaves them whose variable is not set: not the same as none.
void refuse_empty_flags() {
  for (const char* name : {"output", "plot", "filelist", "journal", "db",
                           "dblist", "column_family", "level", "json"}) {
    if (was_given(name) &&
        gflags::GetCommandLineFlagInfoOrDie(name).current_value.empty()) {
      bad_value(name, "", "something behind the '='");
    }
  }
}

void check_combination(const Command& command) {
  if (command.measure) {
    refuse_flags({"output", "overwrite", "journal", "files_at_once", "dry_run"},
                 "makes no sense with --measure, which writes nothing");
  } else {
    refuse_flags({"plot"}, "is for --measure");
  }
  if (wants_databases()) {
    refuse_flags({"output", "overwrite", "filelist", "journal"},
                 "does not go with --db or --dblist");
    if (!command.sources.empty()) {
      throw UsageError(command.sources.front() +
                       ": files do not go with --db or --dblist");
    }
    return;
  }
  refuse_flags({"column_family", "level", "min_file_size", "min_age_seconds",
                "force", "commit", "dry_run"},
               "is for --db and --dblist");
  if (command.sources.empty() && command.filelist.empty()) {
    throw UsageError("no SST file given; see --help");
  }
}

void check_numbers() {
  if (FLAGS_threads < 0 || FLAGS_threads > 1024) {
    bad_value("threads", std::to_string(FLAGS_threads), "0 to 1024");
  }
  if (FLAGS_files_at_once < 0 || FLAGS_files_at_once > 1024) {
    bad_value("files_at_once", std::to_string(FLAGS_files_at_once),
              "0 to 1024");
  }
  if (FLAGS_memory_mb < 1) {
    bad_value("memory_mb", std::to_string(FLAGS_memory_mb), "at least 1");
  }
}

}  // namespace

Command parse_command_line(int argc, char** argv) {
  gflags::SetUsageMessage(kUsage);
  gflags::SetVersionString(GPU_ZSTD_VERSION);
  parse_flags(&argc, &argv);
  if (FLAGS_help || FLAGS_helpshort) {
    print_help();
  }
  gflags::HandleCommandLineHelpFlags();

  Command command;
  command.sources.assign(argv + 1, argv + argc);
  command.filelist = FLAGS_filelist;
  command.shard = to_shard(FLAGS_shard);
  command.journal = FLAGS_journal;
  command.output = FLAGS_output;
  command.plot = FLAGS_plot;
  command.engines = to_engines(FLAGS_engine, FLAGS_measure);
  command.filter = checked_filter();
  command.commit = to_commit_unit(FLAGS_commit);
  command.dry_run = FLAGS_dry_run;
  command.measure = FLAGS_measure;
  command.levels = checked_levels();
  command.verify = to_verify_mode(FLAGS_verify);
  command.threads = FLAGS_threads;
  command.files_at_once = static_cast<size_t>(FLAGS_files_at_once);
  command.memory_bytes = static_cast<uint64_t>(FLAGS_memory_mb) << 20;
  command.overwrite = FLAGS_overwrite;
  command.verbose = FLAGS_v;
  command.quiet = FLAGS_quiet;
  command.json = FLAGS_json;
  check_numbers();
  refuse_empty_flags();
  check_combination(command);
  if (!command.plot.empty()) {
    compare::require_gnuplot();
  }
  command.databases = checked_databases(command.shard);
  command.in_place = wants_databases();
  return command;
}

}  // namespace gpu_zstd::recompress
