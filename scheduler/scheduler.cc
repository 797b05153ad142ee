#include "scheduler/scheduler.h"

#include <chrono>
#include <new>

#include "scheduler/router.h"

namespace gpu_zstd {
namespace {

uint64_t now_ns() {
  return static_cast<uint64_t>(
      std::chrono::duration_cast<std::chrono::nanoseconds>(
          std::chrono::steady_clock::now().time_since_epoch())
          .count());
}

Outcome to_outcome(CpuOutcome outcome) {
  switch (outcome) {
    case CpuOutcome::kCompressed:
      return Outcome::kCompressed;
    case CpuOutcome::kDoesNotFit:
      return Outcome::kDoesNotFit;
    case CpuOutcome::kFailed:
      break;
  }
  return Outcome::kEngineFailed;
}

}  // namespace

Scheduler& Scheduler::shared() noexcept {
  alignas(Scheduler) static unsigned char storage[sizeof(Scheduler)];
  static auto* const instance = new (storage) Scheduler();
  return *instance;
}

int Scheduler::min_level() { return zstd_min_level(); }
int Scheduler::max_level() { return zstd_max_level(); }

std::string Scheduler::engines() {
  return std::string("cpu (libzstd ") + zstd_version() + ")";
}

CompressResult Scheduler::compress_on_cpu(const CompressRequest& request,
                                          Session* session) noexcept {
  ZstdContextPool::Lease own;
  ZstdContext* context = session != nullptr ? session->context_.get() : nullptr;
  if (context == nullptr) {
    own = contexts_.lease();
    context = own.get();
  }
  if (context == nullptr) {
    return {};
  }
  const CpuResult result = context->compress(
      request.input, request.output, {request.level, request.frame_checksum});
  return {to_outcome(result.outcome), result.frame_bytes, Engine::kCpu};
}

CompressResult Scheduler::compress(const CompressRequest& request,
                                   Session* session) noexcept {
  const Route route = choose_route({request.mode});
  const uint64_t begin_ns = now_ns();
  const CompressResult result = compress_on_cpu(request, session);
  counters_.record({.engine = route.engine,
                    .reason = route.reason,
                    .outcome = result.outcome,
                    .input_bytes = request.input.size(),
                    .frame_bytes = result.frame_bytes,
                    .elapsed_ns = now_ns() - begin_ns});
  return result;
}

}  // namespace gpu_zstd
