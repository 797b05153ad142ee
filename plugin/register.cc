#include "plugin/register.h"

#include <memory>
#include <mutex>

#include "rocksdb_glue/compression_manager.h"
#include "rocksdb_glue/event_listener.h"

namespace {

template <typename T>
void add_factory(rocksdb::ObjectLibrary& library, const char* name,
                 std::unique_ptr<T> (*make)()) {
  library.AddFactory<T>(
      name, [make](const std::string& /*uri*/, std::unique_ptr<T>* guard,
                   std::string* /*error*/) {
        *guard = make();
        return guard->get();
      });
}

}  // namespace

extern "C" int gpu_zstd_register(rocksdb::ObjectLibrary& library,
                                 const std::string& /*argument*/) {
  add_factory(library, gpu_zstd::kCompressionManagerName,
              &gpu_zstd::new_default_compression_manager);
  add_factory(library, gpu_zstd::kEventListenerName,
              &gpu_zstd::new_event_listener);
  size_t types = 0;
  return static_cast<int>(library.GetFactoryCount(&types));
}

namespace gpu_zstd {

void register_with_rocksdb() {
  static std::once_flag once;
  std::call_once(
      once, [] { gpu_zstd_register(*rocksdb::ObjectLibrary::Default(), ""); });
}

}  // namespace gpu_zstd
