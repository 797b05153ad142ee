#include "cpu_fallback/bulk/limits.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace gpu_zstd {
namespace {

constexpr unsigned kMaxWorkers = 1024;

bool read_size(const GetVariable& get, const char* name, size_t low,
               size_t high, size_t* field, BulkStatus* status) {
  const char* text = get(name);
  if (text == nullptr || *text == '\0') {
    return true;
  }
  size_t value = 0;
  if (!parse_size(text, &value) || value < low || value > high) {
    *status = {BulkError::kBadOption, 0,
               std::string(name) + "='" + text + "' is not a number from " +
                   std::to_string(low) + " to " + std::to_string(high)};
    return false;
  }
  *field = value;
  return true;
}

}  // namespace

BulkLimits limits_for(const Machine& machine) {
  BulkLimits limits;
  limits.workers = std::clamp(machine.cores, 1u, kMaxWorkers);
  if (machine.llc_bytes > 0) {
    limits.work_stealing_max_bytes =
        std::max(machine.llc_bytes, limits.single_max_bytes);
  }
  if (machine.memory_bytes > 0) {
    limits.memory_bytes = machine.memory_bytes / 4;
  }
  return limits;
}

BulkStatus apply_environment(const GetVariable& get, BulkLimits* limits) {
  BulkLimits read = *limits;
  size_t workers = read.workers;
  BulkStatus status;
  if (read_size(get, kWorkersVariable, 1, kMaxWorkers, &workers, &status) &&
      read_size(get, kSingleMaxVariable, 0, SIZE_MAX, &read.single_max_bytes,
                &status) &&
      read_size(get, kStealingMaxVariable, 0, SIZE_MAX,
                &read.work_stealing_max_bytes, &status) &&
      read_size(get, kMemoryVariable, 1, SIZE_MAX, &read.memory_bytes,
                &status)) {
    read.workers = static_cast<unsigned>(workers);
    *limits = read;
  }
  return status;
}

BulkLimits default_bulk_limits() {
  BulkLimits limits = limits_for(read_machine());
  // Each by itself: one that cannot be read takes none of the others with it.
  for (const char* name : {kWorkersVariable, kSingleMaxVariable,
                           kStealingMaxVariable, kMemoryVariable}) {
    const auto only_this = [name](const char* wanted) {
      return std::string_view(wanted) == name ? std::getenv(name) : nullptr;
    };
    apply_environment(only_this, &limits);
  }
  return limits;
}

bool parse_size(const std::string& text, size_t* bytes) {
  const char* const end = text.data() + text.size();
  size_t value = 0;
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || rest == text.data()) {
    return false;
  }
  int shift = 0;
  if (rest != end) {
    constexpr std::string_view kSuffixes = "KMG";
    const size_t at = kSuffixes.find(*rest);
    if (at == std::string_view::npos || rest + 1 != end) {
      return false;
    }
    shift = 10 * static_cast<int>(at + 1);
  }
  if (value > (SIZE_MAX >> shift)) {
    return false;
  }
  *bytes = value << shift;
  return true;
}

BulkStrategy choose_strategy(size_t bytes, size_t frames, BulkStrategy wanted,
                             const BulkLimits& limits) {
  if (wanted != BulkStrategy::kAutomatic) {
    return wanted;
  }
  if (frames == 1 || limits.workers == 1) {
    return BulkStrategy::kSingle;
  }
  if (frames == 0) {
    return BulkStrategy::kPipeline;
  }
  if (bytes <= limits.single_max_bytes) {
    return BulkStrategy::kSingle;
  }
  return bytes <= limits.work_stealing_max_bytes ? BulkStrategy::kWorkStealing
                                                 : BulkStrategy::kPipeline;
}

unsigned tokens_for(size_t frame_memory_bytes, const BulkLimits& limits) {
  // Half as many again as there are workers, so that a slow frame at the front
  // does not leave the others idle behind it.
  const unsigned wanted = limits.workers + limits.workers / 2 + 1;
  const size_t affordable =
      limits.memory_bytes / std::max<size_t>(frame_memory_bytes, 1);
  return static_cast<unsigned>(
      std::clamp<size_t>(affordable, 1, std::max(wanted, 1u)));
}

}  // namespace gpu_zstd
