#include "scheduler/scheduler.h"

#include <algorithm>
#include <cstdio>
#include <thread>

#include "scheduler/futex.h"
#include "scheduler/gpu_engine.h"
#include "scheduler/trace.h"

namespace gpu_zstd {
namespace {

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

RouteReason why_not(GpuAnswer answer) {
  switch (answer) {
    case GpuAnswer::kNoRoom:
      return RouteReason::kNoRoomInQueue;
    case GpuAnswer::kLate:
      return RouteReason::kLate;
    case GpuAnswer::kWrong:
      return RouteReason::kWrongResult;
    case GpuAnswer::kFailed:
    case GpuAnswer::kCompressed:
    case GpuAnswer::kDoesNotFit:
      break;
  }
  return RouteReason::kBatchFailed;
}

bool has_gpu_level(int level) { return level >= 1 && level <= 22; }

// Reading a thread's CPU time takes two system calls a block, which a block of
// 4 KB would feel. Not 16, for then the same blocks could be those that
// verify=sampled:16 decodes.
constexpr uint64_t kClockOneIn = 17;

uint32_t processors() {
  static const uint32_t count =
      std::max(1u, std::thread::hardware_concurrency());
  return count;
}

std::string hex(std::span<const char> bytes) {
  std::string text;
  for (const char byte : bytes) {
    char digits[3];
    std::snprintf(digits, sizeof(digits), "%02x",
                  static_cast<unsigned>(static_cast<unsigned char>(byte)));
    text += digits;
  }
  return text;
}

}  // namespace

int Scheduler::min_level() { return zstd_min_level(); }

int Scheduler::max_level() { return zstd_max_level(); }

GpuEngine* Scheduler::choose_engine() const noexcept {
  const Engines* engines = engines_.load(std::memory_order_acquire);
  if (engines == nullptr) return nullptr;
  GpuEngine* least = nullptr;
  for (const auto& engine : *engines) {
    if (engine->state() == DeviceState::kReady &&
        (least == nullptr || engine->load() < least->load())) {
      least = engine.get();
    }
  }
  return least;
}

// Whether to read how much of its processor this block takes, of which
// `known_ns` tells so far.
bool Scheduler::is_to_clock(RouteReason reason,
                            uint64_t known_ns) const noexcept {
  return reason == RouteReason::kMeasuring || known_ns == 0 ||
         planned_.load(std::memory_order_relaxed) % kClockOneIn == 0;
}

CompressResult Scheduler::compress_on_cpu(const CompressRequest& request,
                                          RouteReason reason,
                                          ZstdContext* context) noexcept {
  // Only where a GPU could be chosen instead.
  const bool clocks =
      has_gpu_level(request.level) && choose_engine() != nullptr &&
      is_to_clock(reason,
                  estimates_.cpu_ns(request.level, request.input.size()));
  const uint64_t begin_ns = clocks ? thread_cpu_ns() : 0;
  const CpuResult result = context->compress(
      request.input, request.output, {request.level, request.frame_checksum});
  if (clocks) {
    estimates_.add_cpu(request.level, request.input.size(),
                       thread_cpu_ns() - begin_ns);
  }
  return {to_outcome(result.outcome), result.frame_bytes, Engine::kCpu};
}

// Decodes the frame again where the request says so. Without memory for that
// the frame counts as wrong, since nobody has seen that it is right.
bool Scheduler::verify(GpuEngine& engine, const CompressRequest& request,
                       size_t frame_bytes, ZstdContext* context) noexcept {
  if (context == nullptr) return false;
  const TraceRange range(Span::kVerify);
  const FrameCheck check =
      context->check(request.output.first(frame_bytes), request.input);
  if (check.finding == FrameCheck::kNotTried) return false;
  counters_.record_event(Event::kFrameVerified);
  const bool right = check.finding == FrameCheck::kRight;
  engine.report_frame(right);
  if (!right) {
    counters_.record_event(Event::kFrameWrong);
    report_wrong(request, frame_bytes, check);
  }
  return right;
}

// A line with what a report needs and no more of the user's data than that:
// the start of the frame and, where it decodes to something else, a few bytes
// of the input.
void Scheduler::report_wrong(const CompressRequest& request, size_t frame_bytes,
                             const FrameCheck& check) noexcept {
  constexpr size_t kHead = 48;
  constexpr size_t kAround = 16;
  try {
    char line[192];
    std::snprintf(line, sizeof(line),
                  "wrong frame: level %d, checksum %d, %zu bytes in %zu, ",
                  request.level, request.frame_checksum ? 1 : 0,
                  request.input.size(), frame_bytes);
    std::string text = line;
    if (check.finding == FrameCheck::kDiffers) {
      const size_t at = std::min(check.first_difference, request.input.size());
      text += "differs at " + std::to_string(at) + ", where the input is " +
              hex(request.input.subspan(
                  at, std::min(kAround, request.input.size() - at)));
    } else {
      text += check.message;
    }
    journal_.add(text + "; frame " +
                 hex(request.output.first(std::min(kHead, frame_bytes))));
  } catch (...) {  // out of memory: the counters still tell
  }
}

Scheduler::Attempt Scheduler::compress_on_gpu(const CompressRequest& request,
                                              RouteReason reason,
                                              ZstdContext* context) noexcept {
  GpuEngine* engine = choose_engine();
  if (engine == nullptr) return {false, {}, RouteReason::kUnhealthy};
  const bool clocks = is_to_clock(
      reason, estimates_.gpu_cpu_ns(request.level, request.input.size()));
  const uint64_t begin_cpu_ns = clocks ? thread_cpu_ns() : 0;
  const uint64_t begin_ns = now_ns();
  const auto learn = [&] {
    const uint64_t now = now_ns();
    estimates_.add_gpu(request.level, request.input.size(), now - begin_ns,
                       now);
  };
  const auto learn_all = [&] {
    learn();
    if (!clocks) return;
    estimates_.add_gpu_cpu(request.level, request.input.size(),
                           thread_cpu_ns() - begin_cpu_ns);
  };
  const GpuResult got = engine->compress(request);
  if (got.answer == GpuAnswer::kDoesNotFit) {
    learn_all();
    return {true, {Outcome::kDoesNotFit, 0, Engine::kGpu}};
  }
  if (got.answer != GpuAnswer::kCompressed) {
    if (got.answer == GpuAnswer::kLate || got.answer == GpuAnswer::kNoRoom) {
      learn();
    }
    if (got.answer == GpuAnswer::kWrong) {
      counters_.record_event(Event::kFrameWrong);
      engine->report_frame(false);
    }
    return {false, {}, why_not(got.answer)};
  }
  const uint32_t one_in = request.verify_one_in;
  const bool checks =
      one_in == 1 ||
      (one_in != 0 &&
       verified_.fetch_add(1, std::memory_order_relaxed) % one_in == 0);
  if (checks && !verify(*engine, request, got.frame_bytes, context)) {
    return {false, {}, RouteReason::kWrongResult};
  }
  learn_all();
  return {true, {Outcome::kCompressed, got.frame_bytes, Engine::kGpu}};
}

Route Scheduler::plan(const CompressRequest& request) noexcept {
  const Engines* engines = engines_.load(std::memory_order_acquire);
  if (engines == nullptr && request.mode != Mode::kCpuOnly) {
    start_devices();
    engines = engines_.load(std::memory_order_acquire);
  }
  RouteInput in;
  in.mode = request.mode;
  in.has_gpu_engine =
      engines != nullptr ? !engines->empty() : factory_ != nullptr;
  if (request.mode == Mode::kCpuOnly || !in.has_gpu_engine) {
    return choose_route(in);
  }
  in.forked =
      fork_generation_.load(std::memory_order_relaxed) != fork_generation();
  in.device = device_state();
  if (in.device == DeviceState::kNotStarted && !in.forked) start_devices();
  in.input_bytes = request.input.size();
  in.level = request.level;
  in.min_block_bytes = request.min_block_bytes;
  if (has_gpu_level(in.level)) {
    in.gpu_ns = estimates_.gpu_ns(in.level, in.input_bytes);
    in.cpu_ns = estimates_.cpu_ns(in.level, in.input_bytes);
    in.gpu_cpu_ns = estimates_.gpu_cpu_ns(in.level, in.input_bytes);
  }
  in.overlap = request.overlap;
  in.callers = callers_.load(std::memory_order_relaxed) + 1;
  in.processors = processors();
  const GpuEngine* engine = choose_engine();
  in.has_queue = engine != nullptr && engine->has_queue();
  in.turn = planned_.fetch_add(1, std::memory_order_relaxed) + 1;
  return choose_route(in);
}

CompressResult Scheduler::compress(const CompressRequest& request,
                                   Session* session) noexcept {
  const uint64_t begin_ns = now_ns();
  ZstdContextPool::Lease own;
  ZstdContext* context = session != nullptr ? session->context_.get() : nullptr;
  if (context == nullptr) {
    own = contexts_.lease();
    context = own.get();
  }
  Route route = plan(request);
  callers_.fetch_add(1, std::memory_order_relaxed);
  Attempt attempt;
  if (route.engine == Engine::kGpu) {
    attempt = compress_on_gpu(request, route.reason, context);
    if (!attempt.answered) route = {Engine::kCpu, attempt.reason};
  }
  if (!attempt.answered && context != nullptr) {
    attempt.result = compress_on_cpu(request, route.reason, context);
  }
  callers_.fetch_sub(1, std::memory_order_relaxed);
  const CompressResult& result = attempt.result;
  counters_.record({.engine = route.engine,
                    .reason = route.reason,
                    .outcome = result.outcome,
                    .input_bytes = request.input.size(),
                    .frame_bytes = result.frame_bytes,
                    .elapsed_ns = now_ns() - begin_ns});
  return result;
}

}  // namespace gpu_zstd
