// nvCOMP's batched zstd compression, from a library that is looked for when the
// program runs. Nothing of nvCOMP is needed to build this: the few functions
// that are used are declared here as versions 5 and 6 document them in
// nvcomp/zstd.h and nvcomp.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace gpu_zstd::tools {

// nvcompBatchedZstdCompressOpts_t: there is nothing to choose, and no level.
struct NvcompZstdOptions {
  char reserved[64] = {};
};

// nvcompAlignmentRequirements_t, in bytes.
struct NvcompAlignments {
  size_t input = 1;
  size_t output = 1;
  size_t temp = 1;
};

// An open library. Its functions may be called by any thread, with the device
// current that the pointers are of. They throw std::runtime_error that names
// nvCOMP's function and status.
class NvcompLibrary {
 public:
  static constexpr int32_t kSuccess = 0;

  // Opens the library at `path`; where that is empty, the newest of those that
  // the loader finds by name. Throws std::runtime_error that says what was
  // looked for, what a found library lacks, or that its version is none of 5
  // and 6.
  static std::unique_ptr<NvcompLibrary> open(const std::string& path);
  ~NvcompLibrary();
  NvcompLibrary(const NvcompLibrary&) = delete;
  NvcompLibrary& operator=(const NvcompLibrary&) = delete;

  // Such as "nvCOMP 6.0.0".
  std::string version() const;

  NvcompAlignments alignments() const;

  // Bytes of temporary device memory of a batch, and of room for the frame of a
  // chunk.
  size_t temp_bytes(size_t chunks, size_t max_chunk_bytes,
                    size_t total_bytes) const;
  size_t max_frame_bytes(size_t max_chunk_bytes) const;

  // Enqueues a batch on `stream`, a cudaStream_t. The arrays are
  // device-readable; d_statuses receives kSuccess or another status for each
  // chunk.
  void compress_async(const void* const* d_inputs, const size_t* d_input_sizes,
                      size_t max_chunk_bytes, size_t chunks, void* d_temp,
                      size_t temp_bytes, void* const* d_outputs,
                      size_t* d_output_sizes, int32_t* d_statuses,
                      void* stream) const;

 private:
  struct Functions;

  NvcompLibrary(void* handle, const std::string& path);

  void* handle_;
  std::unique_ptr<Functions> functions_;
};

}  // namespace gpu_zstd::tools
