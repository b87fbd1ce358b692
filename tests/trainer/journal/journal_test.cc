#include "trainer/journal/journal.h"

#include <gmock/gmock.h>

#include <fstream>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/testing/file_size_limit.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using MarginJournal = Journal<std::vector<float>>;

class JournalTest : public ::testing::Test {
 protected:
  absl::StatusOr<std::unique_ptr<MarginJournal>> Open(const std::string& seed = "1") {
    return MarginJournal::Open(path_, {{"seed", seed}, {"dataset", "glyphs:10"}});
  }

  const TempDir folder_;
  const std::filesystem::path path_ = folder_ / "fits.jsonl";
};

TEST_F(JournalTest, FindsAfterReopeningWhatWasAppended) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal.ok()) << journal.status();
    EXPECT_FALSE((*journal)->Find("a").has_value());
    ASSERT_TRUE((*journal)->Append("a", {0.1f, -2.5f}).ok());
    EXPECT_TRUE((*journal)->Find("a").has_value());
  }
  const auto journal = Open();
  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_THAT(*(*journal)->Find("a"), ElementsAre(0.1f, -2.5f));
  EXPECT_EQ((*journal)->size(), 1U);
}

TEST_F(JournalTest, DropsALineThatACrashTore) {
  { ASSERT_TRUE((*Open())->Append("a", {1}).ok()); }
  std::ofstream(path_, std::ios::app) << R"({"step":"b","res)";
  {
    const auto journal = Open();
    ASSERT_TRUE(journal.ok()) << journal.status();
    EXPECT_FALSE((*journal)->Find("b").has_value());
    ASSERT_TRUE((*journal)->Append("c", {3}).ok());
  }
  EXPECT_EQ((*Open())->size(), 2U);
}

// The first append writes two lines, the others one.
TEST_F(JournalTest, ALineThatDidNotFitOnTheDiskLeavesNothingBehind) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal.ok()) << journal.status();
    for (const char* key : {"a", "b"}) {
      const auto whole = std::filesystem::file_size(path_);
      {
        const FileSizeLimit full(whole + 50);
        const absl::Status status = (*journal)->Append(key, std::vector<float>(50, 1));
        EXPECT_THAT(std::string(status.message()), HasSubstr(path_.string()));
      }
      EXPECT_EQ(std::filesystem::file_size(path_), whole);
      EXPECT_FALSE((*journal)->Find(key).has_value());
      EXPECT_TRUE((*journal)->Append(key, {1}).ok());
    }
  }
  const auto journal = Open();
  ASSERT_TRUE(journal.ok()) << journal.status();
  EXPECT_EQ((*journal)->size(), 2U);
}

TEST_F(JournalTest, RefusesAnotherStudysFile) {
  { ASSERT_TRUE((*Open("1"))->Append("a", {1}).ok()); }
  const absl::Status status = Open("2").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  for (const char* text : {"seed is 1, expected 2", path_.c_str()}) {
    EXPECT_THAT(std::string(status.message()), HasSubstr(text));
  }
}

TEST_F(JournalTest, IsFreeForAnyStudyUntilTheFirstResult) {
  { ASSERT_TRUE(Open("1").ok()); }
  EXPECT_TRUE(Open("2").ok());
}

TEST_F(JournalTest, RefusesResultsOfAnotherKind) {
  { ASSERT_TRUE((*Open())->Append("a", {1}).ok()); }
  const auto status = Journal<std::map<std::string, double>>::Open(path_, {{"seed", "1"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 2"));
}

TEST_F(JournalTest, RefusesADamagedLineByItsNumber) {
  { ASSERT_TRUE((*Open())->Append("a", {1}).ok()); }
  std::ofstream(path_, std::ios::app) << "nonsense\n{\"step\":\"b\",\"result\":[1]}\n";
  const absl::Status status = Open().status();
  EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss);
  EXPECT_THAT(std::string(status.message()), HasSubstr("line 3"));
}

TEST_F(JournalTest, IsForOneProcessAtATime) {
  const auto first = Open();
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_THAT(std::string(Open().status().message()), HasSubstr("in use"));
}

TEST_F(JournalTest, KeepsLinesWholeUnderConcurrentAppends) {
  {
    const auto journal = Open();
    ASSERT_TRUE(journal.ok()) << journal.status();
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 25; ++i) {
          EXPECT_TRUE((*journal)->Append(absl::StrCat(t, "/", i), std::vector<float>(50, 1)).ok());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  EXPECT_EQ((*Open())->size(), 100U);
}

TEST_F(JournalTest, NamesAPlaceThatCannotBeWritten) {
  const absl::Status status =
      MarginJournal::Open(folder_ / "no" / "fits.jsonl", {{"seed", "1"}}).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("fits.jsonl"));
}

}  // namespace
}  // namespace provnet
