#include <nvtx3/nvToolsExt.h>

#include <type_traits>

#include "scheduler/trace.h"

namespace gpu_zstd {
namespace {

constexpr const char* kNames[] = {
    "gather", "wait for a lane", "wait", "scatter", "verify", "launch", "wake"};
static_assert(sizeof(kNames) / sizeof(kNames[0]) == kSpanCount);

// What a tool gave us; no domain if there is none. Never destroyed: RocksDB's
// threads compress while the process exits.
struct Tool {
  nvtxDomainHandle_t domain = nvtxDomainCreateA("gpu_zstd");
  nvtxStringHandle_t spans[kSpanCount] = {};
  nvtxStringHandle_t batch = nullptr;

  Tool() {
    if (domain == nullptr) return;
    for (size_t i = 0; i < kSpanCount; ++i) {
      spans[i] = nvtxDomainRegisterStringA(domain, kNames[i]);
    }
    batch = nvtxDomainRegisterStringA(domain, "batch");
  }
};

const Tool& tool() {
  static const Tool the_tool;  // trivially destructible
  return the_tool;
}
static_assert(std::is_trivially_destructible_v<Tool>);

nvtxEventAttributes_t named(nvtxStringHandle_t name) {
  nvtxEventAttributes_t event{};
  event.version = NVTX_VERSION;
  event.size = NVTX_EVENT_ATTRIB_STRUCT_SIZE;
  event.messageType = NVTX_MESSAGE_TYPE_REGISTERED;
  event.message.registered = name;
  return event;
}

}  // namespace

TraceRange::TraceRange(Span span) noexcept : open_(tool().domain != nullptr) {
  if (!open_) return;
  const auto event = named(tool().spans[static_cast<size_t>(span)]);
  nvtxDomainRangePushEx(tool().domain, &event);
}

TraceRange::~TraceRange() {
  if (open_) nvtxDomainRangePop(tool().domain);
}

uint64_t begin_batch_trace(uint32_t blocks) noexcept {
  if (tool().domain == nullptr) return 0;
  auto event = named(tool().batch);
  event.payloadType = NVTX_PAYLOAD_TYPE_UNSIGNED_INT64;
  event.payload.ullValue = blocks;
  return nvtxDomainRangeStartEx(tool().domain, &event);
}

void end_batch_trace(uint64_t number) noexcept {
  if (number != 0) nvtxDomainRangeEnd(tool().domain, number);
}

bool has_trace() { return true; }

}  // namespace gpu_zstd
