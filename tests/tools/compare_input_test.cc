// Which bytes become the values of a comparison.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "tests/support/program.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_data.h"
#include "tools/compare/dataset.h"
#include "tools/compare/error.h"
#include "tools/compare/input_files.h"
#include "tools/compare/record_cutter.h"

namespace gpu_zstd::compare {
namespace {

namespace fs = std::filesystem;
using test::TempDir;
using test::write_file;

std::vector<std::string> cut(RecordRule rule, uint32_t value_size,
                             const std::string& file) {
  std::vector<Record> records;
  cut_records(rule, value_size, file, 1000, &records);
  std::vector<std::string> values;
  for (const Record& record : records) {
    values.push_back(file.substr(record.offset - 1000, record.bytes));
  }
  return values;
}

std::string message_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const CompareError& error) {
    EXPECT_EQ(error.exit_status(), kExitFailure);
    return error.what();
  }
  return "no error";
}

std::string select_error(const std::string& path) {
  return message_of([&] { select_input({path}, 1000); });
}

using Values = std::vector<std::string>;

TEST(RecordCutter, FixedRecordsAndARest) {
  EXPECT_EQ(cut(RecordRule::kFixed, 3, "abcdefgh"),
            (Values{"abc", "def", "gh"}));
  EXPECT_EQ(cut(RecordRule::kFixed, 3, "abc"), Values{"abc"});
  EXPECT_EQ(cut(RecordRule::kFixed, 3, ""), Values{});
}

TEST(RecordCutter, LinesWithoutLineFeedsAndWithoutEmptyOnes) {
  EXPECT_EQ(cut(RecordRule::kLines, 3, "one\n\nfour\n"),
            (Values{"one", "four"}));
  EXPECT_EQ(cut(RecordRule::kLines, 3, "no end"), Values{"no end"});
  EXPECT_EQ(cut(RecordRule::kLines, 3, "\n\n"), Values{});
}

TEST(RecordCutter, AVeryLongLineBecomesSeveralValues) {
  const std::string line(2 * kMaxLineBytes + 5, 'x');
  const Values values = cut(RecordRule::kLines, 3, line + "\nend");
  ASSERT_EQ(values.size(), 4U);
  EXPECT_EQ(values[2].size(), 5U);
  EXPECT_EQ(values[3], "end");
}

TEST(InputFiles, DirectoriesAreReadByPathAndLinksInThemAreNot) {
  const TempDir dir;
  fs::create_directory(dir / "sub");
  write_file(dir / "b", "22");
  write_file(dir / "sub/a", "333");
  write_file(dir / "a", "1");
  write_file(dir / "empty", "");
  fs::create_symlink(dir / "a", dir / "link");
  const InputSelection found = select_input({dir.path()}, 1000);
  ASSERT_EQ(found.files.size(), 3U);
  EXPECT_EQ(found.files[0].path, dir / "a");
  EXPECT_EQ(found.files[1].path, dir / "b");
  EXPECT_EQ(found.files[2].path, dir / "sub/a");
  EXPECT_EQ(found.taken_bytes, 6U);
  EXPECT_EQ(found.available_bytes, 6U);
}

TEST(InputFiles, PathsShareWhatMayBeTaken) {
  const TempDir dir;
  write_file(dir / "small", std::string(10, 's'));
  write_file(dir / "large", std::string(1000, 'l'));
  write_file(dir / "larger", std::string(2000, 'L'));
  const InputSelection found =
      select_input({dir / "large", dir / "small", dir / "larger"}, 210);
  ASSERT_EQ(found.files.size(), 3U);
  EXPECT_EQ(found.files[0].bytes, 100U);
  EXPECT_EQ(found.files[1].bytes, 10U);
  EXPECT_EQ(found.files[2].bytes, 100U);
  EXPECT_EQ(found.available_bytes, 3010U);
}

TEST(InputFiles, ErrorsNameThePathAndTheReason) {
  const TempDir dir;
  write_file(dir / "empty", "");
  fs::create_directory(dir / "nothing");
  EXPECT_EQ(select_error(dir / "missing"),
            "input " + dir / "missing" + ": No such file or directory");
  EXPECT_EQ(select_error(dir / "empty"),
            "input " + dir / "empty" + ": the file is empty");
  EXPECT_EQ(select_error(dir / "nothing"),
            "input " + dir / "nothing" +
                ": the directory holds no file with any "
                "bytes");
  EXPECT_EQ(select_error("/dev/null"),
            "input /dev/null: expected a file or a directory");
}

// Root may read everything, so a child that is not root looks.
bool refused_to_nobody(const std::string& path) {
  const pid_t child = fork();
  if (child == 0) {
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) {
      _exit(2);
    }
    const std::string message = select_error(path);
    _exit(message == "input " + path + ": Permission denied" ? 0 : 1);
  }
  int status = 0;
  waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(InputFiles, UnreadableIsAnError) {
  const TempDir dir;
  fs::permissions(dir.path(), fs::perms(0755));
  write_file(dir / "file", "secret");
  fs::permissions(dir / "file", fs::perms::none);
  EXPECT_TRUE(refused_to_nobody(dir / "file"));
  fs::create_directory(dir / "directory");
  fs::permissions(dir / "directory", fs::perms::none);
  EXPECT_TRUE(refused_to_nobody(dir / "directory"));
}

TEST(InputFiles, EveryMachineHasSome) {
  const InputSelection found = select_default_input("", 1'000'000);
  EXPECT_EQ(found.taken_bytes, 1'000'000U);
  const InputSelection again = select_default_input("", 1'000'000);
  ASSERT_EQ(found.files.size(), again.files.size());
  EXPECT_EQ(found.files.front().path, again.files.front().path);
}

TEST(Dataset, KeysSortAsNumbers) {
  const Key key = key_of(9876543210);
  EXPECT_EQ(std::string(key.data(), key.size()), "0000009876543210");
  EXPECT_LT(key_of(9), key_of(10));
}

TEST(Dataset, HoldsEveryByteAndInsertsEveryRecordOnce) {
  const TempDir dir;
  const std::string content = test::random_bytes(10'001, 1);
  write_file(dir / "input", content);
  CompareOptions options;
  options.value_size = 100;
  const Dataset data(select_input({dir / "input"}, 1 << 20), options,
                     dir.path());
  write_file(dir / "input", "changed meanwhile");
  ASSERT_EQ(data.records(), 101U);
  std::string joined;
  std::set<size_t> inserted;
  bool in_order = true;
  for (size_t n = 0; n < data.records(); ++n) {
    joined += data.value(n);
    inserted.insert(data.inserted(n));
    in_order &= data.inserted(n) == n;
  }
  EXPECT_EQ(joined, content);
  EXPECT_EQ(inserted.size(), 101U);
  EXPECT_EQ(*inserted.rbegin(), 100U);
  EXPECT_FALSE(in_order);
  EXPECT_EQ(data.raw_bytes(), content.size() + 101 * kKeyBytes);
}

TEST(Dataset, OnlyEmptyLinesAreNoInput) {
  const TempDir dir;
  write_file(dir / "input", "\n\n\n");
  CompareOptions options;
  options.records = RecordRule::kLines;
  EXPECT_EQ(message_of([&] {
              Dataset(select_input({dir / "input"}, 1000), options, dir.path());
            }),
            "the input has only empty lines");
}

}  // namespace
}  // namespace gpu_zstd::compare
