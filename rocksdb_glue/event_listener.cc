#include "rocksdb_glue/event_listener.h"

#include "rocksdb/db.h"
#include "rocksdb_glue/statistics.h"

namespace gpu_zstd {
namespace {

class GpuZstdListener final : public rocksdb::EventListener {
 public:
  const char* Name() const override { return kEventListenerName; }

  void OnDBShutdownBegin(rocksdb::DB* db) override {
    log_statistics(db->GetDBOptions().info_log.get(), "close");
  }
};

}  // namespace

std::unique_ptr<rocksdb::EventListener> new_event_listener() {
  return std::make_unique<GpuZstdListener>();
}

}  // namespace gpu_zstd
