// The real program's command `experiment`: exit codes, messages, and the files that it writes.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/testing/child_process.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/watched_process.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace fs = std::filesystem;

struct Outcome {
  int exit_code = 0;
  std::string log;
};

std::vector<std::string> ExperimentCommand(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {(BinaryDirectory() / "provnet-train").string(), "experiment"};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

Outcome RunExperimentCommand(const std::vector<std::string>& arguments) {
  const TempDir folder;
  ChildProcess child(ExperimentCommand(arguments), folder / "log");
  const int exit_code = child.Wait();
  return {exit_code, child.Log()};
}

std::string Contents(const fs::path& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

TEST(ExperimentBinary, ListsTheExperiments) {
  const Outcome outcome = RunExperimentCommand({"list"});
  EXPECT_EQ(outcome.exit_code, 0);
  for (const char* name : {"  alpha  ", "  heads  ", "  robustness  ", "  sharing  "}) {
    EXPECT_THAT(outcome.log, HasSubstr(name));
  }
  EXPECT_THAT(RunExperimentCommand({"--help"}).log, HasSubstr("  heads  "));
}

TEST(FaithfulnessBinary, ExplainsItselfAndNeedsADataSet) {
  const TempDir folder;
  const std::string program = (BinaryDirectory() / "provnet-train").string();
  ChildProcess help({program, "faithfulness", "--help"}, folder / "help");
  EXPECT_EQ(help.Wait(), 0);
  EXPECT_THAT(help.Log(), HasSubstr("usage: provnet-train faithfulness --dataset=DATA"));
  EXPECT_THAT(help.Log(), HasSubstr("--quick"));
  ChildProcess bare({program, "faithfulness"}, folder / "bare");
  EXPECT_EQ(bare.Wait(), 2);
  EXPECT_THAT(bare.Log(), HasSubstr("--dataset is missing"));
}

TEST(ExperimentBinary, RefusesWrongUsageWithTheReason) {
  const TempDir folder;
  const std::string work = "--work-dir=" + (folder / "work").string();
  const struct {
    std::vector<std::string> arguments;
    const char* reason;
    int exit_code;
  } kCases[] = {
      {{}, "no experiment named; expected list or one of", 2},
      {{"heds"}, "unknown experiment heds; expected list or one of", 2},
      {{"heads", "again"}, "unexpected argument again", 2},
      {{"heads"}, "--dataset is missing", 2},
      {{"heads", "--dataset=glyphs:300", "--threads=-1"}, "--threads=-1", 2},
      {{"heads", "--dataset=glyphs:300", "--epochs=3"}, "unknown flag --epochs", 2},
      {{"heads", "--dataset=cats:300", work}, "cats:300", 2},
      {{"heads", "--dataset=glyphs:300", "--seed=one", work}, "--seed=one makes no sense", 2},
      {{"heads", "--dataset=idx:/nowhere", work}, "/nowhere", 1},
      {{"list", "--quick"}, "--quick has no effect with 'list'", 2},
      {{"heads", "--dataset=glyphs:300", "--json=a", "--page=./a"}, "--json and --page both", 2},
      {{"heads", "--dataset=glyphs:300", work,
        "--page=" + (folder / "work/./result.json").string()},
       "--json and --page both",
       2},
      {{"heads", "--dataset=glyphs:300", work, "--json=" + (folder / "work/steps.jsonl").string()},
       "the journal in --work-dir and --json both",
       2},
      {{"heads", "--dataset=glyphs:300", work, "--json=/proc/nothing/r.json"}, "/proc/nothing", 1},
  };
  for (const auto& c : kCases) {
    const Outcome outcome = RunExperimentCommand(c.arguments);
    EXPECT_EQ(outcome.exit_code, c.exit_code) << outcome.log;
    EXPECT_THAT(outcome.log, HasSubstr(c.reason));
    const bool has_hint =
        outcome.log.find("'provnet-train experiment --help'") != std::string::npos;
    EXPECT_EQ(has_hint, c.exit_code == 2) << outcome.log;
  }
}

TEST(ExperimentBinary, WritesTheResultForProgramsAndForPeople) {
  const TempDir folder;
  const fs::path json = folder / "deep" / "result.json", page = folder / "page.html";
  const std::vector<std::string> command = {"heads",
                                            "--dataset=glyphs:300",
                                            "--quick",
                                            "--work-dir=" + (folder / "it's").string(),
                                            "--threads=1",
                                            "--json=" + json.string(),
                                            "--page=" + page.string()};
  const Outcome outcome = RunExperimentCommand(command);
  ASSERT_EQ(outcome.exit_code, 0) << outcome.log;
  const auto result = nlohmann::json::parse(Contents(json));
  EXPECT_EQ(result["experiment"], "heads");
  EXPECT_GT(result["metrics"]["embedding/100/test_accuracy"], 0.0);
  EXPECT_GT(result["machine"]["memory_bytes"], 1 << 20);
  EXPECT_TRUE(result["machine"]["libraries"].contains("LibTorch"));
  EXPECT_THAT(
      result["command"].get<std::string>(),
      HasSubstr("provnet-train experiment heads --dataset=glyphs:300 --quick '--work-dir="));
  EXPECT_THAT(result["command"].get<std::string>(), HasSubstr("it'\\''s'"));
  EXPECT_THAT(Contents(page), HasSubstr("<h1>heads</h1>"));
  EXPECT_THAT(outcome.log, HasSubstr(page.string()));

  // Another seed's figures don't mix with these.
  std::vector<std::string> other = command;
  other.push_back("--seed=2");
  const Outcome refused = RunExperimentCommand(other);
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.log, HasSubstr("its seed is 1, expected 2"));
}

TEST(ExperimentBinary, CtrlCKeepsFinishedStepsAndTheSameCommandGoesOn) {
  const TempDir folder;
  const std::vector<std::string> arguments = {"heads", "--dataset=glyphs:300", "--quick",
                                              "--work-dir=" + (folder / "work").string(),
                                              "--threads=1"};
  WatchedProcess process(ExperimentCommand(arguments));
  ASSERT_TRUE(process.WaitFor("fitting embedding/50")) << process.output();
  process.child().Signal(SIGINT);
  EXPECT_EQ(process.WaitForEnd(), 130) << process.output();
  EXPECT_THAT(process.output(), HasSubstr("to go on, run the same command again"));
  EXPECT_FALSE(fs::exists(folder / "work" / "result.json"));

  const Outcome resumed = RunExperimentCommand(arguments);
  EXPECT_EQ(resumed.exit_code, 0) << resumed.log;
  EXPECT_THAT(resumed.log, HasSubstr("going on after 1 finished steps"));
  EXPECT_THAT(resumed.log, Not(HasSubstr("fitting class-conditional/50")));
  EXPECT_TRUE(fs::exists(folder / "work" / "result.json"));
  EXPECT_TRUE(fs::exists(folder / "work" / "result.html"));
}

}  // namespace
}  // namespace provnet
