#include "tools/zstd_parallel/benchmark.h"

#include <algorithm>
#include <array>
#include <chrono>

namespace gpu_zstd {
namespace {

constexpr std::array<BulkStrategy, 4> kOrder = {
    BulkStrategy::kSingle, BulkStrategy::kWorkStealing, BulkStrategy::kPipeline,
    BulkStrategy::kAutomatic};

double quantile(std::vector<double> values, double share) {
  if (values.empty()) {
    return 0;
  }
  std::sort(values.begin(), values.end());
  const double at = share * static_cast<double>(values.size() - 1);
  const size_t low = static_cast<size_t>(at);
  const size_t high = std::min(low + 1, values.size() - 1);
  return values[low] +
         (at - static_cast<double>(low)) * (values[high] - values[low]);
}

template <typename Body>
double seconds_of(const Body& body) {
  const auto start = std::chrono::steady_clock::now();
  body();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
      .count();
}

class CellRunner {
 public:
  CellRunner(BulkCodec& codec, int level, const std::string& raw,
             BenchmarkCell* cell)
      : codec_(codec), raw_(raw), cell_(cell) {
    encode_options_.level = level;
    coded_.resize(BulkCodec::max_output_bytes(raw.size(), encode_options_));
    back_.resize(raw.size());
  }

  void run(StrategyResult* result, bool record) {
    encode_options_.strategy = result->strategy;
    decode_options_.strategy = result->strategy;
    BulkResult encoded;
    const double encode_s = seconds_of(
        [&] { encoded = codec_.compress(raw_, coded_, encode_options_); });
    BulkResult decoded;
    const double decode_s = seconds_of([&] {
      decoded = codec_.decompress({coded_.data(), encoded.bytes_out}, back_,
                                  decode_options_);
    });
    cell_->coded_bytes = encoded.bytes_out;
    if (!encoded.ok() || !decoded.ok()) {
      cell_->error = encoded.status.message + decoded.status.message;
    } else if (!record && back_ != raw_) {
      cell_->error = "the decoded bytes differ";
    }
    if (record) {
      result->encode.seconds.push_back(encode_s);
      result->decode.seconds.push_back(decode_s);
    }
  }

 private:
  BulkCodec& codec_;
  const std::string& raw_;
  BenchmarkCell* cell_;
  BulkEncodeOptions encode_options_;
  BulkDecodeOptions decode_options_;
  std::string coded_;
  std::string back_;
};

double mb_per_s(size_t bytes, const Timing& timing) {
  const double median = timing.median();
  return median > 0 ? static_cast<double>(bytes) / 1e6 / median : 0;
}

}  // namespace

double Timing::median() const { return quantile(seconds, 0.5); }

double Timing::spread() const {
  const double middle = median();
  return middle > 0
             ? (quantile(seconds, 0.75) - quantile(seconds, 0.25)) / 2 / middle
             : 0;
}

const StrategyResult& BenchmarkCell::of(BulkStrategy strategy) const {
  static const StrategyResult kNone;
  for (const StrategyResult& result : results) {
    if (result.strategy == strategy) {
      return result;
    }
  }
  return kNone;
}

double BenchmarkCell::encode_mb_per_s(BulkStrategy strategy) const {
  return mb_per_s(raw_bytes, of(strategy).encode);
}

double BenchmarkCell::decode_mb_per_s(BulkStrategy strategy) const {
  return mb_per_s(raw_bytes, of(strategy).decode);
}

double BenchmarkCell::efficiency(BulkStrategy strategy, unsigned cores) const {
  const double alone = encode_mb_per_s(BulkStrategy::kSingle);
  return alone > 0 ? encode_mb_per_s(strategy) / alone / cores : 0;
}

double BenchmarkCell::automatic_over_best() const {
  double best = 0;
  for (const StrategyResult& result : results) {
    const double median = result.encode.median();
    if (result.strategy != BulkStrategy::kAutomatic && median > 0 &&
        (best == 0 || median < best)) {
      best = median;
    }
  }
  return best > 0 ? of(BulkStrategy::kAutomatic).encode.median() / best : 0;
}

std::string sized_input(const std::string& data, size_t bytes) {
  std::string raw;
  raw.reserve(bytes);
  while (raw.size() < bytes && !data.empty()) {
    raw.append(data, 0, std::min(data.size(), bytes - raw.size()));
  }
  return raw;
}

BenchmarkCell run_cell(BulkCodec& codec, const std::string& name, int level,
                       const std::string& raw, const BenchmarkPlan& plan) {
  BenchmarkCell cell{name, level, raw.size(), 0, {}, {}};
  for (const BulkStrategy strategy : kOrder) {
    const bool too_large =
        plan.single_max_bytes != 0 && raw.size() > plan.single_max_bytes;
    if (strategy != BulkStrategy::kSingle || !too_large) {
      cell.results.push_back({strategy, {}, {}});
    }
  }
  CellRunner runner(codec, level, raw, &cell);
  runner.run(&cell.results.back(), /*record=*/false);  // warms up and checks
  double spent = 0;
  for (int round = 0; round < kMaxRounds && cell.error.empty(); ++round) {
    if (round >= kMinRounds && spent >= plan.seconds) {
      break;
    }
    // Each round starts with another strategy: none profits from its place.
    for (size_t i = 0; i < cell.results.size(); ++i) {
      if (plan.cancel != nullptr && plan.cancel->load()) {
        return cell;
      }
      StrategyResult& result =
          cell.results[(i + static_cast<size_t>(round)) % cell.results.size()];
      // Twice is enough for a strategy that is out of the race.
      const bool slow =
          round >= 2 &&
          result.encode.median() >
              3 * cell.of(BulkStrategy::kAutomatic).encode.median();
      spent += slow ? 0 : seconds_of([&] { runner.run(&result, true); });
    }
  }
  return cell;
}

}  // namespace gpu_zstd
