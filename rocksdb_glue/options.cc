#include "rocksdb_glue/options.h"

#include "cpu_fallback/zstd_cpu.h"

namespace gpu_zstd {
namespace {

rocksdb::Status invalid(const std::string& name, const std::string& value,
                        const std::string& expected) {
  return rocksdb::Status::InvalidArgument(
      "GpuZstd: option " + name + "=" + value, "expected " + expected);
}

}  // namespace
}  // namespace gpu_zstd
