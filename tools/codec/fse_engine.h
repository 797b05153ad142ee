// The engines that bench_fse compares: FSE by itself (gpu_codec/stages/fse.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace gpu_zstd::tools {

// Codes bytes with one prepared table set and back. One thread may use it at a
// time. Throws std::runtime_error when the engine fails.
class FseEngine {
 public:
  virtual ~FseEngine() = default;

  // What the seconds of encode() and decode() are.
  virtual std::string measures() const = 0;

  // The symbols to encode from now on, at least one, which must outlive the
  // last call. Prepares the tables from the first 65536 of them.
  virtual void load(std::span<const uint8_t> symbols) = 0;

  // Both return the seconds they took. decode() works on what encode() made and
  // throws when it is not the symbols.
  virtual double encode() = 0;
  virtual double decode() = 0;

  // Bytes of the code of the last encode(), with each block's length.
  virtual uint64_t code_bytes() = 0;
};

// `name` is host (the same algorithm on `threads` threads of the CPU) or gpu.
// Throws std::runtime_error when there is no such engine here.
std::unique_ptr<FseEngine> make_fse_engine(const std::string& name,
                                           unsigned threads);

// Needs a CUDA device; see cuda_device.h.
std::unique_ptr<FseEngine> make_gpu_fse_engine();

// Symbols the tables are prepared from.
std::span<const uint8_t> fse_sample(std::span<const uint8_t> symbols);

// Throws std::runtime_error that names the first symbol in which they differ.
void require_equal_symbols(std::span<const uint8_t> symbols,
                           std::span<const uint8_t> decoded);

}  // namespace gpu_zstd::tools
