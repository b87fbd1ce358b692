// The real program: its exit codes, its messages, and what it leaves behind.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "storage/bundle_verifier.h"
#include "storage/repository.h"
#include "tests/testing/child_process.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/watched_process.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> TrainCommand(const std::vector<std::string>& arguments) {
  std::vector<std::string> command = {(BinaryDirectory() / "provnet-train").string()};
  command.insert(command.end(), arguments.begin(), arguments.end());
  return command;
}

struct Outcome {
  int exit_code = 0;
  std::string log;
};

Outcome RunCommand(const std::vector<std::string>& command) {
  const TempDir folder;
  ChildProcess child(command, folder / "log");
  const int exit_code = child.Wait();
  return {exit_code, child.Log()};
}

Outcome RunTrain(const std::vector<std::string>& arguments) {
  return RunCommand(TrainCommand(arguments));
}

TEST(TrainBinary, SaysHowItIsUsed) {
  const Outcome overview = RunTrain({"--help"});
  EXPECT_EQ(overview.exit_code, 0);
  for (const char* command : {"\n  fit ", "\n  experiment ", "\n  write-idx "}) {
    EXPECT_THAT(overview.log, HasSubstr(command));
  }
  const Outcome help = RunTrain({"fit", "--help"});
  EXPECT_EQ(help.exit_code, 0);
  for (const char* text : {"usage: provnet-train fit", "images:PATH", "--image-size=HEIGHTxWIDTH",
                           "--subset-strategy=NAME", "idx:DIR", "--batch-size=N", "--resume",
                           "--checkpoint-dir=DIR"}) {
    EXPECT_THAT(help.log, HasSubstr(text));
  }
  EXPECT_THAT(help.log, Not(HasSubstr("@")));
}

TEST(TrainBinary, RefusesWrongUsageWithTheReason) {
  const struct {
    std::vector<std::string> arguments;
    const char* reason;
    int exit_code;
  } kCases[] = {
      {{}, "expected one of fit", 2},
      {{"serve"}, "unknown command serve", 2},
      {{"fit", "--epocs=3"}, "unknown flag --epocs", 2},
      {{"fit", "--flagfile=x"}, "unknown flag --flagfile", 2},
      {{"fit", "--device=gpu"}, "device \"gpu\" is not known; expected auto, cpu, cuda", 2},
      {{"fit", "--device=cuda:99"}, "device \"cuda:99\" is not there", 2},
      {{"audit", "--device=cpu"}, "unknown flag --device of audit", 2},
      {{"write-idx", "--epochs=3"}, "unknown flag --epochs of write-idx", 2},
      {{"fit", "stray"}, "unexpected argument stray", 2},
      {{"fit"}, "--dataset is missing", 2},
      {{"fit", "--dataset=glyphs:600"}, "--output is missing", 2},
      {{"fit", "--dataset=glyphs:600", "--output=r/m", "--subset=2"}, "--subset=2", 2},
      {{"fit", "--dataset=glyphs:600", "--output=r/m", "--head=x"}, "--head=x", 2},
      {{"fit", "--dataset=glyphs:600", "--output=r/m", "--batch-size=0"}, "--batch-size=0", 2},
      {{"fit", "--dataset=glyphs:600", "--output=r/m", "--label-noise=x:1"}, "\"x:1\"", 2},
      {{"fit", "--dataset=glyphs:600", "--output=r/m", "--epochs=two"}, "epochs", 1},
  };
  for (const auto& c : kCases) {
    const Outcome outcome = RunTrain(c.arguments);
    EXPECT_EQ(outcome.exit_code, c.exit_code) << outcome.log;
    EXPECT_THAT(outcome.log, HasSubstr(c.reason));
  }
}

TEST(TrainBinary, CtrlCLeavesNoVersionAndResumeFinishes) {
  for (const int signal : {SIGINT, SIGTERM}) {
    const TempDir folder;
    const auto output = folder / "repository" / "digits";
    std::vector<std::string> command =
        TrainCommand({"fit", "--dataset=glyphs:600", "--subset=0.5", "--epochs=6", "--threads=1",
                      "--output=" + output.string()});
    WatchedProcess process(command);
    ASSERT_TRUE(process.WaitFor("epoch 1/6")) << process.output();
    process.child().Signal(signal);
    EXPECT_EQ(process.WaitForEnd(), 130) << process.output();
    EXPECT_THAT(process.output(), HasSubstr("--resume"));
    EXPECT_THAT(*ListVersions(output), IsEmpty());
    EXPECT_TRUE(std::filesystem::exists(output / ".checkpoint" / "checkpoint"));

    command.push_back("--resume");
    const Outcome resumed = RunCommand(command);
    EXPECT_EQ(resumed.exit_code, 0) << resumed.log;
    EXPECT_THAT(resumed.log, Not(HasSubstr("epoch 1/6")));
    EXPECT_THAT(resumed.log, HasSubstr("test accuracy"));
    EXPECT_THAT(*ListVersions(output), ElementsAre(1));
    EXPECT_TRUE(VerifyBundle(output / "1").ok());
    EXPECT_FALSE(std::filesystem::exists(output / ".checkpoint"));
  }
}

TEST(TrainBinary, NamesTheFileThatDidNotFitOnTheDisk) {
  const TempDir folder;
  const auto output = folder / "repository" / "digits";
  // No file may grow beyond 64 KiB: the checkpoint does.
  std::vector<std::string> command = {"/bin/sh", "-c",
                                      "trap '' XFSZ; ulimit -f 128; exec \"$0\" \"$@\""};
  const std::vector<std::string> train = TrainCommand(
      {"fit", "--dataset=glyphs:200", "--epochs=1", "--threads=1", "--output=" + output.string()});
  command.insert(command.end(), train.begin(), train.end());
  const Outcome outcome = RunCommand(command);
  EXPECT_EQ(outcome.exit_code, 1) << outcome.log;
  EXPECT_THAT(outcome.log, HasSubstr((output / ".checkpoint" / "checkpoint").string()));
  EXPECT_THAT(*ListVersions(output), IsEmpty());
}

}  // namespace
}  // namespace provnet
