// How nvCOMP is found, refused and called, with libraries that pretend to be
// it.
#include "tools/codec/nvcomp_library.h"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "tools/codec/codec_report.h"
#include "tools/codec/encode_engine.h"

namespace gpu_zstd::tools {
namespace {

std::string error_of(const std::string& path) {
  try {
    NvcompLibrary::open(path);
  } catch (const std::runtime_error& e) {
    return e.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(NvcompLibrary, SaysWhatWasLookedFor) {
  const std::string error = error_of("/no/such/libnvcomp.so.6");
  EXPECT_TRUE(contains(error, "nvCOMP was not found")) << error;
  EXPECT_TRUE(contains(error, "Looked for /no/such/libnvcomp.so.6")) << error;
  EXPECT_TRUE(contains(error, "--nvcomp_library")) << error;
}

TEST(NvcompLibrary, RefusesVersionsItDoesNotKnow) {
  EXPECT_TRUE(contains(error_of(FAKE_NVCOMP_4), "is nvCOMP 4.2.0; expected"))
      << error_of(FAKE_NVCOMP_4);
  EXPECT_TRUE(contains(error_of(FAKE_NVCOMP_7), "is nvCOMP 7.0.1; expected"))
      << error_of(FAKE_NVCOMP_7);
}

TEST(NvcompLibrary, NamesTheFunctionThatIsMissing) {
  EXPECT_TRUE(contains(error_of(FAKE_NVCOMP_PART),
                       "has no function nvcompBatchedZstdCompressAsync"))
      << error_of(FAKE_NVCOMP_PART);
  // A library of another kind.
  EXPECT_TRUE(contains(error_of("libc.so.6"), "nvcompGetProperties"));
}

class NvcompCalls : public testing::TestWithParam<const char*> {};

TEST_P(NvcompCalls, ReachTheLibraryWithTheirArguments) {
  const auto library = NvcompLibrary::open(GetParam());
  const NvcompAlignments alignments = library->alignments();
  EXPECT_EQ(alignments.input, 4u);
  EXPECT_EQ(alignments.output, 8u);
  EXPECT_EQ(alignments.temp, 16u);
  EXPECT_EQ(library->temp_bytes(3, 50, 120), 3000u + 500u + 120u);
  EXPECT_EQ(library->max_frame_bytes(50), 57u);
  EXPECT_THROW(library->max_frame_bytes(2 << 20), std::runtime_error);

  const std::string chunks[] = {"HAL", "", "abc"};
  std::array<const void*, 3> inputs;
  std::array<size_t, 3> sizes;
  std::string out[] = {"---", "---", "---"};
  std::array<void*, 3> outputs;
  for (size_t c = 0; c < 3; ++c) {
    inputs[c] = chunks[c].data();
    sizes[c] = chunks[c].size();
    outputs[c] = out[c].data();
  }
  std::array<size_t, 3> out_sizes{9, 9, 9};
  std::array<int32_t, 3> statuses{9, 9, 9};
  char temp[16];
  library->compress_async(inputs.data(), sizes.data(), 3, 3, temp, sizeof(temp),
                          outputs.data(), out_sizes.data(), statuses.data(),
                          nullptr);
  EXPECT_EQ(out[0], "IBM");
  EXPECT_EQ(out[1], "---");
  EXPECT_EQ(out[2], "bcd");
  EXPECT_EQ(out_sizes, (std::array<size_t, 3>{3, 0, 3}));
  EXPECT_EQ(statuses, (std::array<int32_t, 3>{0, 0, 0}));
  EXPECT_THROW(library->compress_async(
                   inputs.data(), sizes.data(), 3, 3, nullptr, 0,
                   outputs.data(), out_sizes.data(), statuses.data(), nullptr),
               std::runtime_error);
}

INSTANTIATE_TEST_SUITE_P(Versions, NvcompCalls,
                         testing::Values(FAKE_NVCOMP_5, FAKE_NVCOMP_6));

TEST(NvcompLibrary, TellsItsVersion) {
  EXPECT_EQ(NvcompLibrary::open(FAKE_NVCOMP_5)->version(), "nvCOMP 5.3.0");
  EXPECT_EQ(NvcompLibrary::open(FAKE_NVCOMP_6)->version(), "nvCOMP 6.0.0");
}

TEST(EngineNvcomp, IsSoughtBeforeADeviceIs) {
  EngineOptions options;
  options.nvcomp_library = "/no/such";
  try {
    make_engine("nvcomp", options);
    FAIL() << "made an engine of nothing";
  } catch (const std::runtime_error& e) {
    EXPECT_TRUE(contains(e.what(), "Looked for /no/such")) << e.what();
  }
}

// Levels say nothing of nvCOMP: its cells of two levels are one row.
TEST(EngineNvcomp, IsReportedWithoutALevel) {
  EngineResult result;
  result.engine = "nvcomp";
  result.has_level = has_levels("nvcomp");
  result.raw_bytes = 1000;
  result.frame_bytes = 250;
  result.bulk.seconds = {1};
  EngineResult cpu = result;
  cpu.engine = "cpu";
  cpu.has_level = has_levels("cpu");
  const std::vector<BenchmarkCell> cells{{"a", 3, 4096, {result, cpu}},
                                         {"b", 3, 4096, {result, cpu}}};
  EXPECT_TRUE(contains(table_lines(cells[0]), " none     4096 nvcomp"))
      << table_lines(cells[0]);
  const std::string summary = summary_lines(cells);
  EXPECT_TRUE(contains(summary, "\n none     4096 nvcomp   4.0000")) << summary;
  EXPECT_TRUE(contains(summary, "\n    3     4096 cpu      4.0000")) << summary;
  EXPECT_FALSE(contains(summary, "speed x")) << summary;
}

}  // namespace
}  // namespace gpu_zstd::tools
