#include <algorithm>
#include <numeric>
#include <optional>
#include <vector>

#include "gpu_codec/stages/fse.h"
#include "tools/codec/cuda_device.h"
#include "tools/codec/device_array.h"
#include "tools/codec/fse_engine.h"

namespace gpu_zstd::tools {
namespace {

// What the symbols and their code take of the device.
struct DeviceFse {
  explicit DeviceFse(std::span<const uint8_t> host_symbols)
      : n(host_symbols.size()),
        symbols(host_symbols.data(), n),
        decoded(n),
        code(fse_capacity(n) / sizeof(uint32_t)),
        words(fse_blocks(n)),
        context(1) {}

  uint64_t n;
  DeviceArray<uint8_t> symbols;
  DeviceArray<uint8_t> decoded;
  DeviceArray<uint32_t> code;
  DeviceArray<uint32_t> words;
  DeviceArray<FseContext> context;
};

class GpuFseEngine : public FseEngine {
 public:
  std::string measures() const override {
    return "kernel time, data on the device, " + device_name();
  }

  void load(std::span<const uint8_t> symbols) override {
    symbols_ = symbols;
    device_.reset();
    device_.emplace(symbols);
    const auto sample = static_cast<uint32_t>(fse_sample(symbols).size());
    check_cuda(launch_fse_context(device_->symbols.get(), sample, 256,
                                  device_->context.get(), nullptr),
               "preparing the tables");
    check_cuda(cudaDeviceSynchronize(), "preparing the tables");
  }

  double encode() override {
    const auto launch = [&](uint64_t n) {
      return launch_fse_encoder(device_->context.get(), device_->symbols.get(),
                                n, device_->code.get(), device_->words.get(),
                                stream_.get());
    };
    return timer_.seconds([&] { return launch(lead()); },
                          [&] { return launch(device_->n); });
  }

  double decode() override {
    const auto launch = [&](uint64_t n) {
      return launch_fse_decoder(device_->context.get(), device_->code.get(), n,
                                device_->decoded.get(), stream_.get());
    };
    check_cuda(cudaMemset(device_->decoded.get(), 0, device_->n),
               "clearing the place to decode to");
    const double seconds = timer_.seconds([&] { return launch(lead()); },
                                          [&] { return launch(device_->n); });
    device_->decoded.read(device_->n, &decoded_);
    require_equal_symbols(symbols_, decoded_);
    return seconds;
  }

  uint64_t code_bytes() override {
    std::vector<uint32_t> words;
    device_->words.read(fse_blocks(device_->n), &words);
    return std::accumulate(words.begin(), words.end(), uint64_t{words.size()}) *
           sizeof(uint32_t);
  }

 private:
  // Symbols of a launch that keeps the device busy while the next is submitted:
  // whole blocks, or all there are, so that it leaves the same code.
  uint64_t lead() const {
    return std::min<uint64_t>(device_->n, kFseBlockSymbols);
  }

  OwnedStream stream_;
  StreamTimer timer_{stream_.get()};
  std::span<const uint8_t> symbols_;
  std::optional<DeviceFse> device_;
  std::vector<uint8_t> decoded_;
};

}  // namespace

std::unique_ptr<FseEngine> make_gpu_fse_engine() {
  require_cuda_device();
  return std::make_unique<GpuFseEngine>();
}

}  // namespace gpu_zstd::tools
