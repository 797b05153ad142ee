#include <cstdint>

#include "gpu_codec/kernels/probe_kernel.cuh"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/stages/probe.h"

namespace gpu_zstd {
namespace {

// Enough to meet every multiprocessor a few times.
constexpr uint32_t kProbeCtas = 1024;

cudaError_t count_differences(uint32_t* d_differences, uint32_t* differences) {
  cudaError_t error = cleared(cudaMemset(d_differences, 0, sizeof(uint32_t)));
  if (error != cudaSuccess) return error;
  error =
      launch_kernel(probe_kernel, kProbeCtas, 128, 0, nullptr, d_differences);
  if (error != cudaSuccess) return error;
  return cleared(cudaMemcpy(differences, d_differences, sizeof(uint32_t),
                            cudaMemcpyDeviceToHost));
}

}  // namespace

cudaError_t probe_lane_order(bool* lane_order) {
  void* d_differences = nullptr;
  cudaError_t error = cleared(cudaMalloc(&d_differences, sizeof(uint32_t)));
  if (error != cudaSuccess) return error;
  uint32_t differences = 0;
  error =
      count_differences(static_cast<uint32_t*>(d_differences), &differences);
  cleared(cudaFree(d_differences));
  if (error == cudaSuccess) *lane_order = differences == 0;
  return error;
}

}  // namespace gpu_zstd
