#include "tools/zstd_parallel/strategy_names.h"

#include <utility>

namespace gpu_zstd {
namespace {

constexpr std::pair<const char*, BulkStrategy> kStrategyNames[] = {
    {"auto", BulkStrategy::kAutomatic},
    {"single", BulkStrategy::kSingle},
    {"stealing", BulkStrategy::kWorkStealing},
    {"pipeline", BulkStrategy::kPipeline},
};

}  // namespace

bool parse_strategy(const std::string& name, BulkStrategy* strategy) {
  for (const auto& [known, value] : kStrategyNames) {
    if (name == known) {
      *strategy = value;
      return true;
    }
  }
  return false;
}

const char* strategy_name(BulkStrategy strategy) {
  for (const auto& [name, value] : kStrategyNames) {
    if (value == strategy) {
      return name;
    }
  }
  return "?";
}

}  // namespace gpu_zstd
