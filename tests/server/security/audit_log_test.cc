#include "server/security/audit_log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "absl/strings/str_cat.h"
#include "tests/server/security/recording_probe.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/file_size_limit.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/stuck_file.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr absl::Time kNow = absl::UnixEpoch();

class AuditLogTest : public ::testing::Test {
 protected:
  std::unique_ptr<AuditLog> Open() {
    auto log = AuditLog::Open(
        file_, [this] { return epoch_.load(); }, clock_, probe_);
    EXPECT_THAT(log, IsOk());
    return *std::move(log);
  }

  static AuditEntry Entry(const std::string& principal) {
    AuditEntry entry;
    entry.principal = principal;
    entry.peer = "ipv4:10.0.0.1:5000";
    entry.request_id = "id-1";
    entry.rpc = "Explain";
    entry.model = "digits";
    entry.version = 7;
    entry.store_snapshot_id = "abc";
    entry.disclosure = "labels";
    entry.samples = {3, 1, 2};
    return entry;
  }

  static std::vector<std::string> Lines(const std::filesystem::path& file) {
    std::ifstream stream(file);
    std::vector<std::string> lines;
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

  TempDir folder_;
  FakeClock clock_;
  std::filesystem::path file_ = folder_ / "audit.jsonl";
  std::atomic<uint64_t> epoch_{0};
  RecordingProbe probe_;
};

TEST_F(AuditLogTest, AnEntryIsOneLineOfJson) {
  AuditEntry entry = Entry("alice");
  entry.membership = {true, 0.001, 0.01};
  ASSERT_THAT(Open()->Record(entry, kNow), IsOk());
  const auto lines = Lines(file_);
  ASSERT_THAT(lines, SizeIs(1));
  const auto expected = nlohmann::json::parse(R"({
    "time": "1970-01-01T00:00:00.000Z", "event": "disclosure", "principal": "alice",
    "peer": "ipv4:10.0.0.1:5000", "request_id": "id-1", "rpc": "Explain", "model": "digits",
    "version": 7, "store_snapshot_id": "abc", "disclosure": "labels", "samples": [3, 1, 2],
    "member": true, "p_value": 0.001, "false_positive_rate": 0.01})");
  EXPECT_EQ(nlohmann::json::parse(lines[0]), expected);
  EXPECT_EQ(probe_.disclosures_made(), 1);
  const auto permissions = std::filesystem::status(file_).permissions();
  EXPECT_EQ(permissions & std::filesystem::perms::others_read, std::filesystem::perms::none);
}

TEST_F(AuditLogTest, NoValueCanForgeALine) {
  ASSERT_THAT(Open()->Record(Entry("eve\n{\"event\":\"\xff\"}"), kNow), IsOk());
  EXPECT_THAT(Lines(file_), SizeIs(1));
}

TEST_F(AuditLogTest, GoesOnWhereItWasAndEndsALineThatACrashCutShort) {
  ASSERT_THAT(Open()->Record(Entry("alice"), kNow), IsOk());
  std::ofstream(file_, std::ios::app) << "{\"time\":";
  ASSERT_THAT(Open()->Record(Entry("bob"), kNow), IsOk());
  const auto lines = Lines(file_);
  ASSERT_THAT(lines, SizeIs(3));
  EXPECT_THAT(lines[2], HasSubstr("bob"));
}

TEST_F(AuditLogTest, ARenamedFileIsLeftWithTheNextEpoch) {
  const auto log = Open();
  ASSERT_THAT(log->Record(Entry("alice"), kNow), IsOk());
  std::filesystem::rename(file_, folder_ / "old");
  ASSERT_THAT(log->Record(Entry("bob"), kNow), IsOk());
  ++epoch_;
  ASSERT_THAT(log->Record(Entry("carol"), kNow), IsOk());
  EXPECT_THAT(Lines(folder_ / "old"), SizeIs(2));
  EXPECT_THAT(Lines(file_), SizeIs(1));
}

TEST_F(AuditLogTest, WhatCantBeWrittenIsRefusedWithoutTheHostsPathAndLeavesNoHalfLine) {
  const auto log = Open();
  ASSERT_THAT(log->Record(Entry("alice"), kNow), IsOk());
  const auto size = std::filesystem::file_size(file_);
  {
    const FileSizeLimit full(size + 10);
    for (int i = 0; i < 2; ++i) {
      EXPECT_THAT(log->Record(Entry("bob"), kNow),
                  StatusIs(absl::StatusCode::kUnavailable,
                           AllOf(HasSubstr("can't record"), Not(HasSubstr("audit.jsonl")))));
    }
    log->Retry(kNow);
    EXPECT_THAT(log->Check(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("recorded")));
  }
  EXPECT_EQ(probe_.disclosures_refused(), 2);
  ASSERT_THAT(probe_.failures(), SizeIs(1)) << "said once, where operators read";
  EXPECT_THAT(probe_.failures()[0].message(), HasSubstr("audit.jsonl"));
  // Nobody need ask for a disclosure for it to be noticed that there is room again.
  log->Retry(kNow);
  EXPECT_THAT(log->Check(), IsOk());
  EXPECT_THAT(probe_.reloaded(), SizeIs(1));
  ASSERT_THAT(log->Record(Entry("carol"), kNow), IsOk());
  const auto lines = Lines(file_);
  ASSERT_THAT(lines, SizeIs(3));
  for (const std::string& line : lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
  EXPECT_THAT(lines[1], HasSubstr("can be written again"));
}

TEST_F(AuditLogTest, NothingIsRecordedInAFileThatWasDeleted) {
  const auto log = Open();
  ASSERT_THAT(log->Record(Entry("alice"), kNow), IsOk());
  std::filesystem::remove(file_);
  ASSERT_THAT(log->Record(Entry("bob"), kNow), IsOk());
  EXPECT_THAT(Lines(file_), ElementsAre(HasSubstr("bob")));
  std::filesystem::remove_all(folder_.path());
  EXPECT_THAT(log->Record(Entry("carol"), kNow),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("can't record")));
  std::filesystem::create_directory(folder_.path());
  EXPECT_THAT(log->Record(Entry("dave"), kNow), IsOk());
}

TEST_F(AuditLogTest, WhoAsksForItsStateNeverWaitsForTheDisk) {
  StuckFile disk(file_);
  const auto log = Open();
  std::jthread writer([&log] { EXPECT_THAT(log->Record(Entry("alice"), kNow), IsOk()); });
  while (log->Check().ok()) clock_.Advance(absl::Seconds(1));
  EXPECT_THAT(log->Check(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("not answered")));
  disk.Release();
  writer.join();
  EXPECT_THAT(log->Check(), IsOk());
}

TEST_F(AuditLogTest, AFolderThatVanishesIsFoundAgain) {
  const auto log = Open();
  std::filesystem::rename(folder_.path(), folder_.path().string() + ".away");
  ++epoch_;
  EXPECT_THAT(log->Record(Entry("alice"), kNow),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("can't record")));
  std::filesystem::rename(folder_.path().string() + ".away", folder_.path());
  EXPECT_THAT(log->Record(Entry("alice"), kNow), IsOk());
}

TEST_F(AuditLogTest, LinesOfManyThreadsAreWhole) {
  const auto log = Open();
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&log, t] {
      for (int i = 0; i < 200; ++i)
        EXPECT_THAT(log->Record(Entry(absl::StrCat("p", t)), kNow), IsOk());
    });
  }
  threads.clear();
  const auto lines = Lines(file_);
  ASSERT_THAT(lines, SizeIs(800));
  for (const std::string& line : lines) EXPECT_TRUE(nlohmann::json::accept(line)) << line;
}

}  // namespace
}  // namespace provnet
