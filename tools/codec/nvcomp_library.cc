#include "tools/codec/nvcomp_library.h"

#include <dlfcn.h>

#include <stdexcept>

namespace gpu_zstd::tools {
namespace {

using NvcompStatus = int32_t;  // nvcompStatus_t

// nvcompProperties_t
struct NvcompProperties {
  uint32_t version = 0;  // thousands: major, hundreds: minor
  uint32_t cudart_version = 0;
};

constexpr const char* kNames[] = {"libnvcomp.so.6", "libnvcomp.so.5",
                                  "libnvcomp.so"};

void* open_first(const std::string& path) {
  std::string tried;
  const auto open = [&](const char* name) {
    void* handle = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      tried += tried.empty() ? "" : "; ";
      tried += dlerror();
    }
    return handle;
  };
  if (!path.empty()) {
    if (void* handle = open(path.c_str())) return handle;
  } else {
    for (const char* name : kNames) {
      if (void* handle = open(name)) return handle;
    }
  }
  throw std::runtime_error("nvCOMP was not found (" + tried + "). Looked for " +
                           (path.empty()
                                ? "libnvcomp.so of versions 6 and 5 where "
                                  "the loader looks, LD_LIBRARY_PATH included"
                                : path) +
                           "; name the file with --nvcomp_library");
}

std::string version_text(uint32_t version) {
  return "nvCOMP " + std::to_string(version / 1000) + "." +
         std::to_string(version % 1000 / 100) + "." +
         std::to_string(version % 100);
}

void check(NvcompStatus status, const char* function) {
  if (status == NvcompLibrary::kSuccess) return;
  throw std::runtime_error(std::string("nvCOMP: ") + function +
                           " ended with status " + std::to_string(status));
}

}  // namespace

struct NvcompLibrary::Functions {
  uint32_t version = 0;
  // nvcompBatchedZstdCompressGetTempSizeAsync of version 5 has no stream, and
  // ...GetTempSize of version 4 other arguments than that of version 6.
  NvcompStatus (*temp_size_5)(size_t, size_t, NvcompZstdOptions, size_t*,
                              size_t) = nullptr;
  NvcompStatus (*temp_size_6)(size_t, size_t, NvcompZstdOptions, size_t*,
                              size_t, void*) = nullptr;
  NvcompStatus (*alignments)(NvcompZstdOptions, NvcompAlignments*) = nullptr;
  NvcompStatus (*max_output)(size_t, NvcompZstdOptions, size_t*) = nullptr;
  NvcompStatus (*compress)(const void* const*, const size_t*, size_t, size_t,
                           void*, size_t, void* const*, size_t*,
                           NvcompZstdOptions, NvcompStatus*, void*) = nullptr;
};

std::unique_ptr<NvcompLibrary> NvcompLibrary::open(const std::string& path) {
  void* const handle = open_first(path);
  return std::unique_ptr<NvcompLibrary>(
      new NvcompLibrary(handle, path.empty() ? "libnvcomp.so" : path));
}

NvcompLibrary::NvcompLibrary(void* handle, const std::string& path)
    : handle_(handle), functions_(std::make_unique<Functions>()) {
  // Destructors do not run where a constructor throws.
  const auto fail = [&](const std::string& what) {
    dlclose(handle_);
    throw std::runtime_error(path + " " + what);
  };
  const auto find = [&]<class F>(const char* name, F* function) {
    *function = reinterpret_cast<F>(dlsym(handle_, name));
    if (*function == nullptr) {
      fail(std::string("has no function ") + name + " of nvCOMP's");
    }
  };
  NvcompStatus (*properties)(NvcompProperties*) = nullptr;
  find("nvcompGetProperties", &properties);
  NvcompProperties found;
  if (properties(&found) != kSuccess) fail("does not tell its version");
  functions_->version = found.version;
  const uint32_t major = found.version / 1000;
  if (major != 5 && major != 6) {
    fail("is " + version_text(found.version) + "; expected version 5 or 6");
  }
  if (major == 5) {
    find("nvcompBatchedZstdCompressGetTempSizeAsync", &functions_->temp_size_5);
  } else {
    find("nvcompBatchedZstdCompressGetTempSize", &functions_->temp_size_6);
  }
  find("nvcompBatchedZstdCompressGetRequiredAlignments",
       &functions_->alignments);
  find("nvcompBatchedZstdCompressGetMaxOutputChunkSize",
       &functions_->max_output);
  find("nvcompBatchedZstdCompressAsync", &functions_->compress);
}

NvcompLibrary::~NvcompLibrary() { dlclose(handle_); }

std::string NvcompLibrary::version() const {
  return version_text(functions_->version);
}

NvcompAlignments NvcompLibrary::alignments() const {
  NvcompAlignments result;
  check(functions_->alignments({}, &result),
        "nvcompBatchedZstdCompressGetRequiredAlignments");
  return result;
}

size_t NvcompLibrary::temp_bytes(size_t chunks, size_t max_chunk_bytes,
                                 size_t total_bytes) const {
  size_t bytes = 0;
  if (functions_->temp_size_5 != nullptr) {
    check(functions_->temp_size_5(chunks, max_chunk_bytes, {}, &bytes,
                                  total_bytes),
          "nvcompBatchedZstdCompressGetTempSizeAsync");
  } else {
    check(functions_->temp_size_6(chunks, max_chunk_bytes, {}, &bytes,
                                  total_bytes, nullptr),
          "nvcompBatchedZstdCompressGetTempSize");
  }
  return bytes;
}

size_t NvcompLibrary::max_frame_bytes(size_t max_chunk_bytes) const {
  size_t bytes = 0;
  check(functions_->max_output(max_chunk_bytes, {}, &bytes),
        "nvcompBatchedZstdCompressGetMaxOutputChunkSize");
  return bytes;
}

void NvcompLibrary::compress_async(const void* const* d_inputs,
                                   const size_t* d_input_sizes,
                                   size_t max_chunk_bytes, size_t chunks,
                                   void* d_temp, size_t temp_bytes,
                                   void* const* d_outputs,
                                   size_t* d_output_sizes, int32_t* d_statuses,
                                   void* stream) const {
  check(functions_->compress(d_inputs, d_input_sizes, max_chunk_bytes, chunks,
                             d_temp, temp_bytes, d_outputs, d_output_sizes, {},
                             d_statuses, stream),
        "nvcompBatchedZstdCompressAsync");
}

}  // namespace gpu_zstd::tools
