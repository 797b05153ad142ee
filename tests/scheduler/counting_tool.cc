// A profiler that only counts: NVTX loads it when NVTX_INJECTION64_PATH names
// it. The test asks it through the C function below.
#include "tests/scheduler/counting_tool.h"

#include <nvtx3/nvToolsExt.h>

#include <cstdint>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace {

constexpr const char* kDomain = "gpu_zstd";

// Counts what happens in the domain, and holds every end to a beginning.
struct Seen {
  std::mutex mutex;
  std::map<std::string, uint64_t> ranges;
  std::set<std::string> names;  // their addresses stay
  std::set<uint64_t> started;
  uint64_t next_start = 1;
  uint64_t payloads = 0;
  uint64_t unmatched = 0;
};

Seen& seen() {
  static auto* const the_one = new Seen;  // threads may outlive statics
  return *the_one;
}

thread_local int depth = 0;

nvtxDomainHandle_t on_create(const char* name) {
  return std::string(name) == kDomain
             ? reinterpret_cast<nvtxDomainHandle_t>(&seen())
             : nullptr;
}

nvtxStringHandle_t on_register(nvtxDomainHandle_t, const char* name) {
  const std::lock_guard lock(seen().mutex);
  const auto& kept = *seen().names.insert(name).first;
  return reinterpret_cast<nvtxStringHandle_t>(const_cast<std::string*>(&kept));
}

// The mutex is held.
void count(const nvtxEventAttributes_t* event) {
  const bool named = event->messageType == NVTX_MESSAGE_TYPE_REGISTERED;
  const auto* name =
      reinterpret_cast<const std::string*>(event->message.registered);
  ++seen().ranges[named && seen().names.count(*name) != 0 ? *name : "?"];
}

int on_push(nvtxDomainHandle_t, const nvtxEventAttributes_t* event) {
  const std::lock_guard lock(seen().mutex);
  count(event);
  return depth++;
}

int on_pop(nvtxDomainHandle_t) {
  if (depth == 0) {
    const std::lock_guard lock(seen().mutex);
    ++seen().unmatched;
    return 0;
  }
  return --depth;
}

nvtxRangeId_t on_start(nvtxDomainHandle_t, const nvtxEventAttributes_t* event) {
  const std::lock_guard lock(seen().mutex);
  count(event);
  seen().payloads += event->payload.ullValue;
  seen().started.insert(seen().next_start);
  return seen().next_start++;
}

void on_end(nvtxDomainHandle_t, nvtxRangeId_t number) {
  const std::lock_guard lock(seen().mutex);
  seen().unmatched += seen().started.erase(number) == 1 ? 0 : 1;
}

template <typename Function>
void answer(NvtxFunctionTable table, NvtxCallbackIdCore2 call,
            Function* function) {
  *table[call] = reinterpret_cast<NvtxFunctionPointer>(function);
}

}  // namespace

extern "C" {

// What NVTX calls after it loaded this library.
__attribute__((visibility("default"))) int InitializeInjectionNvtx2(
    NvtxGetExportTableFunc_t get_table) {
  const auto* callbacks = static_cast<const NvtxExportTableCallbacks*>(
      get_table(NVTX_ETID_CALLBACKS));
  NvtxFunctionTable table = nullptr;
  unsigned int size = 0;
  if (callbacks == nullptr ||
      callbacks->GetModuleFunctionTable(NVTX_CB_MODULE_CORE2, &table, &size) ==
          0 ||
      size <= NVTX_CBID_CORE2_DomainCreateA) {
    return 0;
  }
  answer(table, NVTX_CBID_CORE2_DomainCreateA, on_create);
  answer(table, NVTX_CBID_CORE2_DomainRegisterStringA, on_register);
  answer(table, NVTX_CBID_CORE2_DomainRangePushEx, on_push);
  answer(table, NVTX_CBID_CORE2_DomainRangePop, on_pop);
  answer(table, NVTX_CBID_CORE2_DomainRangeStartEx, on_start);
  answer(table, NVTX_CBID_CORE2_DomainRangeEnd, on_end);
  return 1;
}

__attribute__((visibility("default"))) void gpu_zstd_count_ranges(
    CountedRanges* counted) {
  const std::lock_guard lock(seen().mutex);
  counted->by_name = seen().ranges;
  counted->batch_blocks = seen().payloads;
  counted->open_batches = seen().started.size();
  counted->unmatched = seen().unmatched;
}

}  // extern "C"
