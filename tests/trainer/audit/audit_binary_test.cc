// The real program, on a real fitted bundle.
#include <gmock/gmock.h>
#include <signal.h>

#include <filesystem>
#include <nlohmann/json.hpp>
#include <set>

#include "storage/base/file_io.h"
#include "storage/bundle_verifier.h"
#include "tests/testing/child_process.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/watched_process.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
namespace fs = std::filesystem;

struct Outcome {
  int exit_code = 0;
  std::string log;
};

std::vector<std::string> TrainCommand(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {(BinaryDirectory() / "provnet-train").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

Outcome RunTrain(const std::vector<std::string>& arguments) {
  const TempDir folder;
  ChildProcess child(TrainCommand(arguments), folder / "log");
  const int exit_code = child.Wait();
  return {exit_code, child.Log()};
}

class AuditBinaryTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    root_ = new TempDir();
    const Outcome fit =
        RunTrain({"fit", "--dataset=glyphs:400", "--label-noise=symmetric:0.1",
                  "--near-duplicates=20", "--size=tiny", "--epochs=1", "--threads=1",
                  "--output=" + (*root_ / "repository" / "digits").string()});
    ASSERT_EQ(fit.exit_code, 0) << fit.log;
  }
  static void TearDownTestSuite() {
    delete root_;
    root_ = nullptr;
  }

  static fs::path Bundle() { return *root_ / "repository" / "digits" / "1"; }
  static std::string BundleFlag() { return "--bundle=" + Bundle().string(); }

  const TempDir folder_;

 private:
  static TempDir* root_;
};
TempDir* AuditBinaryTest::root_ = nullptr;

TEST_F(AuditBinaryTest, FindsMostOfTheInjectedErrorsAndDuplicates) {
  const fs::path page = folder_ / "out" / "audit.html", findings = folder_ / "audit.json";
  const Outcome audit = RunTrain({"audit", BundleFlag(), "--report=" + page.string(),
                                  "--json=" + findings.string(), "--top=30", "--threads=1"});
  ASSERT_EQ(audit.exit_code, 0) << audit.log;
  EXPECT_THAT(audit.log, HasSubstr("judging labels, round 3 of 3"));
  EXPECT_THAT(audit.log, HasSubstr("wrote " + page.string()));
  EXPECT_FALSE(fs::exists(page.string() + ".work"));

  const auto manifest = VerifyBundle(Bundle());
  const auto truth = LoadTrainingData(manifest->training());
  ASSERT_TRUE(truth.ok()) << truth.status();
  const json document = json::parse(*ReadFile(findings));
  const json& samples = document["samples"];
  ASSERT_EQ(samples.size(), 420U);
  size_t errors = 0, found = 0, corrected = 0;
  for (size_t i = 0; i < samples.size(); ++i) {
    ASSERT_EQ(samples[i]["label"], truth->data.train.labels[i]);
    if (truth->data.train.labels[i] == truth->true_labels[i]) continue;
    ++errors;
    found += samples[i]["rank"].get<uint64_t>() <= 50;
    corrected += samples[i]["suggested_label"] == truth->true_labels[i];
    EXPECT_FALSE(samples[i]["evidence"].empty()) << i;
  }
  EXPECT_EQ(errors, 42U);
  EXPECT_GE(found, 34U);
  EXPECT_GE(corrected, 30U);

  std::set<std::pair<uint64_t, uint64_t>> pairs;
  for (const json& pair : document["near_duplicate_pairs"]) {
    pairs.emplace(pair["first"].get<uint64_t>(), pair["second"].get<uint64_t>());
  }
  size_t duplicates = 0;
  for (const auto& duplicate : truth->duplicates) {
    duplicates += pairs.count({duplicate.original, duplicate.copy});
  }
  EXPECT_GE(duplicates, 18U);
  EXPECT_THAT(*ReadFile(page), HasSubstr("0 of 30 judged"));
}

TEST_F(AuditBinaryTest, CtrlCKeepsFinishedFitsAndTheSameCommandGoesOn) {
  const fs::path findings = folder_ / "audit.json";
  const std::vector<std::string> command =
      TrainCommand({"audit", BundleFlag(), "--json=" + findings.string(), "--threads=1",
                    "--rounds=2", "--folds=3"});
  WatchedProcess process(command);
  ASSERT_TRUE(process.WaitFor("round 2 of 2")) << process.output();
  process.child().Signal(SIGINT);
  EXPECT_EQ(process.WaitForEnd(), 130) << process.output();
  EXPECT_THAT(process.output(), HasSubstr("run the same command again"));
  EXPECT_FALSE(fs::exists(findings));
  const fs::path journal = findings.string() + ".work/fits.jsonl";
  ASSERT_TRUE(fs::exists(journal));

  // Other options are another audit.
  const Outcome other = RunTrain({"audit", BundleFlag(), "--json=" + findings.string(),
                                  "--threads=1", "--rounds=2", "--folds=4"});
  EXPECT_EQ(other.exit_code, 1);
  EXPECT_THAT(other.log, HasSubstr("folds is 3, expected 4"));

  WatchedProcess again(command);
  EXPECT_EQ(again.WaitForEnd(), 0) << again.output();
  EXPECT_EQ(json::parse(*ReadFile(findings))["samples"].size(), 420U);
  EXPECT_FALSE(fs::exists(journal));
}

TEST_F(AuditBinaryTest, RefusesWrongUsageWithTheReason) {
  const struct {
    std::vector<std::string> arguments;
    const char* reason;
    int exit_code;
  } kCases[] = {
      {{}, "--bundle is missing", 2},
      {{"--bundle=b"}, "--report and --json are missing", 2},
      {{"--bundle=b", "--report=r", "--top=0"}, "--top=0: expected 1 to", 2},
      {{"--bundle=b", "--report=r", "--folds=1"}, "--folds=1: expected 2 to", 2},
      {{"--bundle=b", "--report=r", "--rounds=0"}, "--rounds=0", 2},
      {{"--bundle=b", "--report=r", "--threads=-1"}, "--threads=", 2},
      {{"--bundle=b", "--report=r", "--dataset=glyphs:500"}, "--dataset", 2},
      {{"--bundle=b", "--report=r", "--folds=all"}, "--folds=all makes no sense: expected a", 2},
      {{"--bundle=b", "--report=r", "--json=r"}, "--json and --report both mean r", 2},
      {{"--bundle=b", "--report=r", "--json=" + fs::absolute("x/.././r").string()},
       "--json and --report both mean r",
       2},
      {{"--bundle=b", "--report=r", "--work-dir=./r/"}, "--work-dir and --report both mean r", 2},
      {{"--bundle=b", "--json=w/fits.jsonl", "--work-dir=w"}, "the journal in --work-dir and", 2},
      {{"--bundle=b", "--json=j", "--top=5"}, "--top has no effect without --report", 2},
      {{"--bundle=/nonexistent/1", "--json=" + (folder_ / "j").string()}, "/nonexistent/1", 1},
      {{BundleFlag(), "--report=/proc/nothing/page.html"}, "/proc/nothing", 1},
      {{BundleFlag(), "--report=" + folder_.path().string()}, "is a folder", 1},
      {{BundleFlag(), "--json=" + (folder_ / "j").string(), "--folds=50"}, "--folds=50", 1},
  };
  for (const auto& c : kCases) {
    std::vector<std::string> arguments = {"audit"};
    arguments.insert(arguments.end(), c.arguments.begin(), c.arguments.end());
    const Outcome outcome = RunTrain(arguments);
    EXPECT_EQ(outcome.exit_code, c.exit_code) << outcome.log;
    EXPECT_THAT(outcome.log, HasSubstr(c.reason));
    const bool has_hint = outcome.log.find("'provnet-train audit --help'") != std::string::npos;
    EXPECT_EQ(has_hint, c.exit_code == 2) << outcome.log;
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(AuditBinaryTest, SaysHowItIsUsed) {
  const Outcome help = RunTrain({"audit", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* text :
       {"usage: provnet-train audit", "--bundle=DIR", "--report=FILE", "--json=FILE", "--top=N"}) {
    EXPECT_THAT(help.log, HasSubstr(text));
  }
}

}  // namespace
}  // namespace provnet
