// RocksDB's sst_dump, knowing GpuZstd: --command=recompress takes
// --compression_manager=GpuZstd or "{id=GpuZstd;level=9}".
#include "plugin/register.h"
#include "rocksdb/sst_dump_tool.h"

int main(int argc, char** argv) {
  gpu_zstd::register_with_rocksdb();
  return rocksdb::SSTDumpTool().Run(argc, argv);
}
