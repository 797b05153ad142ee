// Writes the counters to the info log when a DB closes, which a compression
// manager is not told about.
#pragma once

#include <memory>

#include "rocksdb/listener.h"

namespace gpu_zstd {

// The id in options strings: listeners={GpuZstdListener}.
inline constexpr const char* kEventListenerName = "GpuZstdListener";

// One listener may serve several DBs. Thread-safe.
std::unique_ptr<rocksdb::EventListener> new_event_listener();

}  // namespace gpu_zstd
