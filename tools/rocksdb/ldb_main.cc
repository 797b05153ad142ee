// RocksDB's ldb, knowing GpuZstd: OPTIONS files that name it load, and what ldb
// writes into such a database goes through it.
#include "plugin/register.h"
#include "rocksdb/ldb_tool.h"

int main(int argc, char** argv) {
  gpu_zstd::register_with_rocksdb();
  return rocksdb::LDBTool().RunAndReturn(argc, argv);
}
