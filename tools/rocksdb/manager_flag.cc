#include "tools/rocksdb/manager_flag.h"

#include <gflags/gflags.h>

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "plugin/register.h"
#include "rocksdb/convenience.h"

DEFINE_string(compression_manager_uri, "",
              "Compression manager by RocksDB's options string, such as "
              "\"GpuZstd\" or \"id=GpuZstd;level=9\"; takes precedence over "
              "--compression_manager and over an options file");

namespace gpu_zstd {

std::shared_ptr<rocksdb::CompressionManager> manager_from_command_line(
    int argc, char** argv) {
  register_with_rocksdb();
  // gflags reorders what it parses, so it gets a copy.
  std::vector<char*> copy(argv, argv + argc + 1);
  char** arguments = copy.data();
  gflags::ParseCommandLineNonHelpFlags(&argc, &arguments,
                                       /*remove_flags=*/false);
  if (FLAGS_compression_manager_uri.empty()) {
    return nullptr;
  }
  rocksdb::ConfigOptions config;
  config.ignore_unknown_options = false;
  config.ignore_unsupported_options = false;
  std::shared_ptr<rocksdb::CompressionManager> manager;
  rocksdb::Status status = rocksdb::CompressionManager::CreateFromString(
      config, FLAGS_compression_manager_uri, &manager);
  if (!status.ok() || manager == nullptr) {
    std::fprintf(stderr, "--compression_manager_uri=%s: %s\n",
                 FLAGS_compression_manager_uri.c_str(),
                 status.ok() ? "names no compression manager"
                             : status.ToString().c_str());
    std::exit(1);
  }
  gflags::SetCommandLineOptionWithMode("compression_type", "zstd",
                                       gflags::SET_FLAGS_DEFAULT);
  return manager;
}

}  // namespace gpu_zstd
