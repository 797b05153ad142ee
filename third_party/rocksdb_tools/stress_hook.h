// Included before everything else in db_stress's sources. db_stress makes the
// managers that it knows by itself; the "autoskip" one is asked of the program
// that links the library instead, which then can hand out any manager.
#pragma once

#include <memory>

#include "rocksdb/advanced_compression.h"

namespace ROCKSDB_NAMESPACE {
std::shared_ptr<CompressionManager> stress_compression_manager(
    std::shared_ptr<CompressionManager> built_in);
}  // namespace ROCKSDB_NAMESPACE

#define CreateAutoSkipCompressionManager stress_compression_manager
