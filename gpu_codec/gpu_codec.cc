#include "gpu_codec/gpu_codec.h"

#include <algorithm>

#include "gpu_codec/device/exec_host.h"
#include "gpu_codec/device/frame_writer.h"
#include "gpu_codec/stages/encode.h"
#include "gpu_codec/stages/launch_check.h"
#include "gpu_codec/stages/probe.h"
#include "gpu_codec/tuning.h"

namespace gpu_zstd {
namespace {

bool usable_workspace(const void* d_workspace, size_t bytes, size_t least) {
  return d_workspace != nullptr &&
         reinterpret_cast<uintptr_t>(d_workspace) % 16 == 0 && bytes >= least;
}

cudaError_t count_multiprocessors(uint32_t* count) {
  int device = 0;
  int found = 0;
  cudaError_t error = cudaGetDevice(&device);
  if (error == cudaSuccess) {
    error =
        cudaDeviceGetAttribute(&found, cudaDevAttrMultiProcessorCount, device);
  }
  if (error == cudaSuccess) *count = static_cast<uint32_t>(found);
  return cleared(error);
}

EncodeBatch encode_batch(const CompressOptions& options, void* d_workspace) {
  EncodeBatch batch{};
  batch.level = options.level;
  batch.checksum = options.checksum;
  batch.lane_order = options.device.lane_order;
  batch.multiprocessors = options.device.multiprocessors;
  batch.d_workspace = static_cast<uint8_t*>(d_workspace);
  return batch;
}

}  // namespace

cudaError_t probe_device(DeviceTraits* traits) {
  DeviceTraits found;
  cudaError_t error = probe_lane_order(&found.lane_order);
  if (error == cudaSuccess)
    error = count_multiprocessors(&found.multiprocessors);
  if (error == cudaSuccess) *traits = found;
  return error;
}

size_t max_frame_bytes(size_t n) {
  return frame_bound(n, kMaxBlockBytes, true);
}

size_t get_workspace_size(size_t max_chunk_bytes, int level) {
  return encode_workspace_stride(max_chunk_bytes, level);
}

size_t get_batch_workspace_size(size_t batch_size, size_t max_chunk_bytes,
                                int level) {
  const size_t ctas = std::clamp<size_t>(batch_size, 1, kMaxBatchCtas);
  return ctas * encode_workspace_stride(max_chunk_bytes, level);
}

cudaError_t compress_batch_async(
    const void* const* d_inputs, const size_t* d_input_sizes,
    size_t max_chunk_bytes, size_t batch_size, void* d_workspace,
    size_t workspace_size, void* const* d_outputs,
    const size_t* d_output_capacities, size_t* d_output_sizes,
    Status* d_statuses, const CompressOptions& options, cudaStream_t stream) {
  if (batch_size == 0) return cudaSuccess;
  const size_t stride = encode_workspace_stride(max_chunk_bytes, options.level);
  const bool arrays = d_inputs != nullptr && d_input_sizes != nullptr &&
                      d_outputs != nullptr && d_output_capacities != nullptr &&
                      d_output_sizes != nullptr && d_statuses != nullptr;
  if (!arrays || !usable_workspace(d_workspace, workspace_size, stride) ||
      batch_size > size_t{1} << 31) {
    return cudaErrorInvalidValue;
  }
  EncodeBatch batch = encode_batch(options, d_workspace);
  batch.d_inputs = d_inputs;
  batch.d_input_sizes = d_input_sizes;
  batch.d_outputs = d_outputs;
  batch.d_output_capacities = d_output_capacities;
  batch.d_output_sizes = d_output_sizes;
  batch.d_statuses = d_statuses;
  batch.count = static_cast<uint32_t>(batch_size);
  batch.max_chunk_bytes = max_chunk_bytes;
  const size_t ctas =
      std::min({batch_size, workspace_size / stride, size_t{kMaxBatchCtas}});
  return launch_encode(batch, static_cast<uint32_t>(ctas), stream);
}

cudaError_t compress_async(void* d_workspace, size_t workspace_size,
                           const void* d_input, size_t input_size,
                           void* d_output, size_t output_capacity,
                           size_t* d_output_size, Status* d_status,
                           const CompressOptions& options,
                           cudaStream_t stream) {
  const size_t stride = encode_workspace_stride(input_size, options.level);
  const bool data = (d_input != nullptr || input_size == 0) &&
                    (d_output != nullptr || output_capacity == 0) &&
                    d_output_size != nullptr && d_status != nullptr;
  if (!data || !usable_workspace(d_workspace, workspace_size, stride)) {
    return cudaErrorInvalidValue;
  }
  EncodeBatch batch = encode_batch(options, d_workspace);
  batch.only = {d_input, input_size, d_output, output_capacity};
  batch.d_output_sizes = d_output_size;
  batch.d_statuses = d_status;
  batch.count = 1;
  batch.max_chunk_bytes = input_size;
  return launch_encode(batch, 1, stream);
}

}  // namespace gpu_zstd
