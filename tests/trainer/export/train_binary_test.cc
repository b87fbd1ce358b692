// The real program: its exit codes, its messages, and what it leaves behind.
#include <gmock/gmock.h>
#include <signal.h>

#include <fstream>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "storage/base/version.h"
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
using ::testing::Not;

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

TEST(TrainBinary, PrintsItsVersion) {
  const Outcome version = RunTrain({"--version"});
  EXPECT_EQ(version.exit_code, 0);
  EXPECT_EQ(version.log, absl::StrCat("provnet-train ", kVersion, "\n"));
}

TEST(TrainBinary, RefusesWrongUsageWithTheReasonAndSaysWhereHelpIs) {
  const struct {
    std::vector<std::string> arguments;
    const char* reason;
    const char* help;
  } kCases[] = {
      {{}, "expected one of fit", "provnet-train --help"},
      {{"serve"}, "unknown command serve", "provnet-train --help"},
      {{"fit", "--epocs=3"}, "unknown flag --epocs", "provnet-train fit --help"},
      {{"fit", "--flagfile=x"}, "unknown flag --flagfile", "provnet-train fit --help"},
      {{"fit", "-epochs=3"}, "unknown flag -epochs=3; flags begin", "provnet-train fit --help"},
      {{"fit", "stray"}, "unexpected argument stray", "provnet-train fit --help"},
      {{"fit", "--output"}, "--output lacks its value", "provnet-train fit --help"},
      {{"fit"}, "--dataset is missing", "provnet-train fit --help"},
      {{"audit", "--device=cpu"}, "unknown flag --device", "provnet-train audit --help"},
      {{"write-idx", "--epochs=3"}, "unknown flag --epochs", "provnet-train write-idx --help"},
      {{"write-idx", "--output=o"}, "--dataset is missing", "provnet-train write-idx --help"},
      {{"write-idx", "--dataset=glyphs:600"}, "--output is miss", "provnet-train write-idx --help"},
      {{"write-idx", "--dataset=idx:d", "--output=o", "--seed=2"},
       "--seed has no effect with --dataset=idx:d",
       "provnet-train write-idx --help"},
      {{"write-idx", "--dataset=images:d", "--output=o", "--image-mode=rgb"},
       "--image-mode=rgb makes pictures that MNIST-format files can't hold: expected grey",
       "provnet-train write-idx --help"},
      {{"write-idx", "--dataset=glyphs:600", "--output=o", "--strict"},
       "--strict has no effect with --dataset=glyphs:600",
       "provnet-train write-idx --help"},
  };
  for (const auto& c : kCases) {
    const Outcome outcome = RunTrain(c.arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.log;
    EXPECT_THAT(outcome.log, HasSubstr(c.reason));
    EXPECT_THAT(outcome.log, HasSubstr(absl::StrCat("\nTry '", c.help, "'.\n")));
  }
}

// What `fit` says to flags that make no sense beside a data set and an output that do.
TEST(TrainBinary, RefusesFlagsThatMakeNoSense) {
  const struct {
    std::vector<std::string> flags;
    const char* reason;
  } kCases[] = {
      {{"--dataset=mnist"}, "data set \"mnist\": unknown kind"},
      {{"--dataset=glyphs:9"}, "9 images is out of range"},
      {{"--output="}, "--output has an empty value"},
      {{"--output=r/.m"}, "--output: model name \".m\""},
      {{"--subset=2"}, "--subset=2"},
      {{"--head=x"}, "--head=x"},
      {{"--batch-size=0"}, "--batch-size=0"},
      {{"--label-noise=x:1"}, "\"x:1\""},
      {{"--device=gpu"}, "--device: device \"gpu\" is not known; expected auto, cpu, cuda"},
      {{"--epochs=two"}, "--epochs=two makes no sense: expected a whole number, 0 to 4294967295"},
      {{"--epochs=-1"}, "--epochs=-1 makes no sense"},
      {{"--epochs=5000000000"}, "--epochs=5000000000 makes no sense"},
      {{"--epochs="}, "--epochs has an empty value"},
      {{"--epochs", "--resume"}, "--epochs lacks its value: expected a whole number"},
      {{"--seed=x"}, "--seed=x makes no sense: expected a whole number"},
      {{"--threads=all"}, "--threads=all makes no sense: expected a whole number"},
      {{"--learning-rate=fast"}, "--learning-rate=fast makes no sense: expected a number"},
      {{"--resume=maybe"}, "--resume=maybe makes no sense: expected true or false"},
      {{"--augment-flip=maybe"}, "--augment-flip=maybe makes no sense: expected true or false"},
      {{"--join-timeout=5"}, "--join-timeout=5 makes no sense: expected a time with its unit"},
      {{"--join-timeout=-5s"}, "--join-timeout=-5s is out of range"},
      // No effect.
      {{"--image-size=8x8"}, "--image-size has no effect with --dataset=glyphs:600"},
      {{"--image-mode=grey"}, "--image-mode has no effect with --dataset=glyphs:600"},
      {{"--test-share=0.5"}, "--test-share has no effect with --dataset=glyphs:600"},
      {{"--strict"}, "--strict has no effect with --dataset=glyphs:600"},
      {{"--strict", "--dataset=idx:d"}, "--strict has no effect with --dataset=idx:d"},
      {{"--temperature=0.2"}, "--temperature has no effect with --head=class-conditional"},
      {{"--embedding-dim=64"}, "--embedding-dim has no effect with --head=class-conditional"},
      {{"--approximate-from=9"}, "--approximate-from has no effect with --head=class-conditional"},
      {{"--head=embedding", "--label-smoothing=0.1"},
       "--label-smoothing has no effect with --head=embedding"},
      {{"--lambda-index=0", "--label-smoothing=0.1"},
       "--label-smoothing has no effect with --lambda-index=0"},
      {{"--lambda-index=0", "--index-gradient-scale=0.5"},
       "--index-gradient-scale has no effect with --lambda-index=0"},
      {{"--head=single-branch", "--dropout=0.1"}, "--dropout has no effect with --head=single-br"},
      {{"--lambda-class=0", "--dropout=0.1"}, "--dropout has no effect with --lambda-class=0"},
      {{"--head=single-branch", "--augment-flip=true"},
       "--augment-flip has no effect with --head=single-branch"},
      {{"--join-timeout=5s"}, "--join-timeout has no effect without MASTER_ADDR"},
  };
  for (const auto& c : kCases) {
    // A later value goes before an earlier one.
    std::vector<std::string> arguments = {"fit", "--dataset=glyphs:600", "--output=r/m"};
    arguments.insert(arguments.end(), c.flags.begin(), c.flags.end());
    const Outcome outcome = RunTrain(arguments);
    EXPECT_EQ(outcome.exit_code, 2) << outcome.log;
    EXPECT_THAT(outcome.log, HasSubstr(c.reason));
    EXPECT_FALSE(std::filesystem::exists("r"));
  }
}

// The flags make sense; what they name is not there.
TEST(TrainBinary, FailsWhereTheMachineIsNotAsTheFlagsNeedIt) {
  const TempDir folder;
  const std::string output = "--output=" + (folder / "r" / "m").string();
  const struct {
    std::vector<std::string> arguments;
    std::string reason;
  } kCases[] = {
      {{"fit", "--dataset=glyphs:600", output, "--device=cuda:99"},
       "--device: device \"cuda:99\" is not there"},
      {{"fit", "--dataset=idx:/nowhere/at/all", output}, "/nowhere/at/all"},
      {{"fit", "--dataset=glyphs:600", output, "--resume"},
       "--resume expects the checkpoint " +
           (folder / "r" / "m" / ".checkpoint" / "checkpoint").string()},
      {{"write-idx", "--dataset=idx:/nowhere/at/all", output}, "/nowhere/at/all"},
  };
  for (const auto& c : kCases) {
    const Outcome outcome = RunTrain(c.arguments);
    EXPECT_EQ(outcome.exit_code, 1) << outcome.log;
    EXPECT_THAT(outcome.log, HasSubstr(c.reason));
    EXPECT_THAT(outcome.log, Not(HasSubstr("Try '")));
  }
}

TEST(TrainBinary, TakesFlagsInEverySpelling) {
  const TempDir folder;
  const std::string output = (folder / "digits").string();
  const Outcome outcome =
      RunTrain({"write-idx", "--dataset", "glyphs:100", "--seed", "3", "--output=" + output});
  EXPECT_EQ(outcome.exit_code, 0) << outcome.log;
  EXPECT_THAT(outcome.log, HasSubstr("wrote 100 training"));
  EXPECT_THAT(RunTrain({"fit", "--batch_size=0", "--dataset=glyphs:100", "--output=r/m"}).log,
              HasSubstr("--batch-size=0"));
}

TEST(TrainBinary, CtrlCInTheFirstEpochSaysToStartOver) {
  const TempDir folder;
  const auto output = folder / "repository" / "digits";
  WatchedProcess process(TrainCommand({"fit", "--dataset=glyphs:4000", "--epochs=6", "--threads=1",
                                       "--size=large", "--output=" + output.string()}));
  ASSERT_TRUE(process.WaitFor("training on")) << process.output();
  process.child().Signal(SIGINT);
  EXPECT_EQ(process.WaitForEnd(), 130) << process.output();
  EXPECT_THAT(process.output(), HasSubstr("to start over, run the same command again"));
  EXPECT_THAT(process.output(), Not(HasSubstr("--resume")));
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
