#include "gpu_codec/host_model/histogram_model.h"

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/histogram.h"

namespace gpu_zstd::host_model {

std::array<uint32_t, 256> histogram(std::span<const uint8_t> block) {
  HostBlockExec x(kHistogramThreads);
  HistogramShared shared;
  std::array<uint32_t, 256> counts;
  byte_histogram(x, shared, block.data(), static_cast<uint32_t>(block.size()),
                 counts.data());
  return counts;
}

}  // namespace gpu_zstd::host_model
