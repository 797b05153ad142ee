// CUDA memory, events and errors of tools, which throw where something fails.
#pragma once

#include <cuda_runtime_api.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

namespace gpu_zstd::tools {

// Throws std::runtime_error when `error` is one; `what` was being done.
inline void check_cuda(cudaError_t error, const char* what) {
  if (error == cudaSuccess) return;
  throw std::runtime_error(std::string("CUDA: ") + what + ": " +
                           cudaGetErrorString(error));
}

// Device memory that goes with its owner.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(size_t count) {
    check_cuda(cudaMalloc(reinterpret_cast<void**>(&data_),
                          std::max<size_t>(1, count) * sizeof(T)),
               "allocating device memory");
  }
  DeviceArray(const T* values, size_t count) : DeviceArray(count) {
    check_cuda(
        cudaMemcpy(data_, values, count * sizeof(T), cudaMemcpyHostToDevice),
        "copying to the device");
  }
  explicit DeviceArray(const std::vector<T>& values)
      : DeviceArray(values.data(), values.size()) {}
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;
  ~DeviceArray() { cudaFree(data_); }

  T* get() const { return data_; }

  // Sets each byte of the first `count` values.
  void fill(uint8_t byte, size_t count) const {
    check_cuda(cudaMemset(data_, byte, count * sizeof(T)),
               "clearing device memory");
  }

  // The first `count` values; `values` becomes as long.
  void read(size_t count, std::vector<T>* values) const {
    values->resize(count);
    check_cuda(cudaMemcpy(values->data(), data_, count * sizeof(T),
                          cudaMemcpyDeviceToHost),
               "copying from the device");
  }

 private:
  T* data_ = nullptr;
};

// A stream that goes with its owner. Copies that name no stream wait for it.
class OwnedStream {
 public:
  OwnedStream() { check_cuda(cudaStreamCreate(&stream_), "creating a stream"); }
  OwnedStream(const OwnedStream&) = delete;
  OwnedStream& operator=(const OwnedStream&) = delete;
  ~OwnedStream() { cudaStreamDestroy(stream_); }

  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

// Time between two points of a stream.
class StreamTimer {
 public:
  explicit StreamTimer(cudaStream_t stream) : stream_(stream) {
    check_cuda(cudaEventCreate(&begin_), "creating an event");
    check_cuda(cudaEventCreate(&end_), "creating an event");
  }
  StreamTimer(const StreamTimer&) = delete;
  StreamTimer& operator=(const StreamTimer&) = delete;
  ~StreamTimer() {
    cudaEventDestroy(begin_);
    cudaEventDestroy(end_);
  }

  // Waits for what `launch` put on the stream; returns its seconds there.
  // `lead` is launched before, to keep the device busy until all is submitted:
  // otherwise the time of submission would be part of the measurement.
  template <class Lead, class Launch>
  double seconds(Lead lead, Launch launch) {
    check_cuda(lead(), "launching");
    check_cuda(cudaEventRecord(begin_, stream_), "recording an event");
    check_cuda(launch(), "launching");
    check_cuda(cudaEventRecord(end_, stream_), "recording an event");
    check_cuda(cudaEventSynchronize(end_), "running the kernel");
    float milliseconds = 0;
    check_cuda(cudaEventElapsedTime(&milliseconds, begin_, end_),
               "reading the time");
    return milliseconds / 1e3;
  }

 private:
  cudaStream_t stream_;
  cudaEvent_t begin_ = nullptr;
  cudaEvent_t end_ = nullptr;
};

}  // namespace gpu_zstd::tools
