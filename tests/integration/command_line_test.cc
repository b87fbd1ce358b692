// The programs as a user meets them: their output, their pages, their errors and exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

std::string ReadAll(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

struct Outcome {
  int exit_code;
  std::string out;
  std::string err;
};

class CommandLineTest : public ::testing::Test {
 protected:
  Outcome Run(const std::string& program, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), (BinaryDirectory() / program).string());
    const auto out = scratch_ / "out", err = scratch_ / "err";
    std::filesystem::remove(err);
    ChildProcess process(arguments, err, out);
    const int code = process.Wait();
    return {code, ReadAll(out), ReadAll(err)};
  }
  // The first test digits of the data set that the models were trained on.
  std::string TestDigits() {
    const Outcome written = Run("provnet-train", {"write-idx", "--dataset=glyphs:2000", "--seed=1",
                                                  "--output=" + (scratch_ / "digits").string()});
    EXPECT_EQ(written.exit_code, 0) << written.err;
    return "idx:" + (scratch_ / "digits/t10k-images-idx3-ubyte").string() + "#0:20";
  }

  TempDir scratch_;
};

TEST_F(CommandLineTest, ExplainsDigitsAsTextJsonAndPage) {
  ServerProcess server(TrainedRepository(), {}, scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  const std::string page = (scratch_ / "page.html").string();
  const std::string digits = TestDigits();
  const Outcome text = Run("provnet", {"explain", "--server=" + server.grpc(), "--model=digits",
                                       "--html=" + page, digits});
  EXPECT_EQ(text.exit_code, 0) << text.err;
  EXPECT_THAT(text.out, HasSubstr("digits/1"));
  const std::string html = ReadAll(page);
  EXPECT_THAT(html, HasSubstr("data:image/png;base64,"));
  EXPECT_THAT(html, Not(HasSubstr("http://")));
  EXPECT_THAT(html, Not(HasSubstr("https://")));

  const Outcome json =
      Run("provnet", {"explain", "--server=" + server.grpc(), "--model=vectors", "--json", digits});
  EXPECT_EQ(json.exit_code, 0) << json.err;
  EXPECT_THAT(json.out, HasSubstr("\"sample_index\""));
}

TEST_F(CommandLineTest, BenchReportsThroughputLatencyAndServerCost) {
  ServerProcess server(TrainedRepository(), {}, scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  const Outcome bench = Run(
      "provnet", {"bench", "--server=" + server.grpc(), "--http=" + server.http(), "--model=digits",
                  "--concurrency=8", "--duration=500ms", "--warmup=100ms", "--json"});
  ASSERT_EQ(bench.exit_code, 0) << bench.err;
  const nlohmann::json report = nlohmann::json::parse(bench.out);
  EXPECT_GT(report["requests_succeeded"], 0);
  EXPECT_EQ(report["requests_failed"], 0);
  EXPECT_GT(report["throughput_per_second"], 0);
  EXPECT_GE(report["latency_seconds"]["p99"], report["latency_seconds"]["p50"]);
  EXPECT_GT(report["server_cpu_seconds_per_request"], 0);
}

TEST_F(CommandLineTest, AServerThatIsNotThereIsNamed) {
  const Outcome outcome = Run("provnet", {"models", "--server=127.0.0.1:1", "--timeout=300ms"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, HasSubstr("127.0.0.1:1"));
}

TEST_F(CommandLineTest, AFailedHandshakeIsOneErrorAndNoLogOfGrpcs) {
  ServerProcess server(TrainedRepository(), {}, scratch_.path());
  ASSERT_TRUE(server.ready()) << server.process().Log();
  const std::string ca = (scratch_ / "ca.pem").string();
  std::ofstream(ca) << TestAuthority("authority").certificate();
  const Outcome outcome =
      Run("provnet", {"models", "--server=" + server.grpc(), "--tls-ca=" + ca, "--timeout=3s"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_THAT(outcome.err, MatchesRegex("provnet: UNAVAILABLE: [^\n]*\n[^\n]* answers without "
                                        "TLS: [^\n]*\n"));
}

TEST_F(CommandLineTest, EveryProgramRefusesWhatItDoesNotKnow) {
  const std::string repository = "--model-repository=" + TrainedRepository().string();
  const std::string nowhere = (scratch_ / "nowhere").string();
  const struct {
    std::string program;
    std::vector<std::string> arguments;
    int exit_code;
    std::string message;
  } rows[] = {
      {"provnet", {"explode"}, 2, "explode"},
      {"provnet", {"explain", "--colour"}, 2, "colour"},
      {"provnet", {"models", "--tls-ca=" + nowhere}, 2, "--tls-ca: cannot open"},
      {"provnet-server", {}, 2, "--model-repository"},
      {"provnet-server", {"--model-repository=" + nowhere}, 1, "nowhere"},
      {"provnet-server",
       {repository + "/digits", "--listen=127.0.0.1:0", "--http=127.0.0.1:0"},
       1,
       "is the folder of one model, give " + TrainedRepository().string()},
      {"provnet-server", {repository, "--port-file=" + nowhere + "/ports"}, 1, "--port-file: "},
      {"provnet-server", {repository, "--index-precision=fp8"}, 2, "fp8"},
      {"provnet-server",
       {repository, "--device=cuda:99", "--listen=127.0.0.1:0", "--http=127.0.0.1:0"},
       1,
       "cuda:99"},
      {"provnet-server", {repository, "--listen=localhost"}, 2, "localhost"},
      {"provnet-server", {repository, "--max-batch-size=0"}, 2, "--max-batch-size"},
      {"provnet-server", {repository, "--linger=-1s"}, 2, "--linger is -1s, expected 0 or more"},
      {"provnet-server", {repository, "--drain-timeout=-2s"}, 2, "--drain-timeout is -2s"},
      {"provnet-server", {repository, "--await-models=-3s"}, 2, "--await-models is -3s"},
      {"provnet-server", {repository, "--max-queue-wait=0"}, 2, "--max-queue-wait is 0, expected"},
      {"provnet-train", {"fit", "--dataset=mnist", "--output=" + nowhere + "/m/n"}, 2, "idx:DIR"},
      {"provnet-train",
       {"fit", "--dataset=glyphs:200", "--subset=2", "--output=" + nowhere + "/m/n"},
       2,
       "subset"},
      {"provnet-train",
       {"fit", "--dataset=idx:" + nowhere, "--output=" + nowhere + "/m/n"},
       1,
       "nowhere"},
      {"provnet-train",
       {"fit", "--dataset=glyphs:200", "--head=magic", "--output=" + nowhere + "/m/n"},
       2,
       "magic"},
  };
  for (const auto& row : rows) {
    const Outcome outcome = Run(row.program, row.arguments);
    EXPECT_EQ(outcome.exit_code, row.exit_code)
        << row.program << " " << row.message << ": " << outcome.err;
    EXPECT_THAT(outcome.err, HasSubstr(row.message)) << row.program;
  }
  EXPECT_FALSE(std::filesystem::exists(nowhere + "/m/n/1"));
}

}  // namespace
}  // namespace provnet
