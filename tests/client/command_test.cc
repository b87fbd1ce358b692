#include "client/cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "storage/image/image.h"
#include "tests/client/fake_provenance_server.h"
#include "tests/client/idx_files.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::string ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class CommandTest : public ::testing::Test {
 protected:
  // Runs provnet on the fake server; leaves its output in out_ and err_.
  int Run(std::vector<std::string> args, const std::string& input = "") {
    return RunOn(server_, std::move(args), input);
  }
  int RunOn(const FakeProvenanceServer& server, std::vector<std::string> args,
            const std::string& input = "") {
    absl::FlagSaver saver;
    std::istringstream in(input);
    std::ostringstream out, err;
    Console console{in, out, err, Terminal()};
    if (args.size() > 1) args.push_back("--server=" + server.target());
    const int exit_code = RunProvnet(args, console);
    out_ = out.str();
    err_ = err.str();
    return exit_code;
  }
  std::string Path(const std::string& name) const { return (folder_ / name).string(); }
  std::string WriteDigits() const {
    WriteFile(Path("x-images-idx3-ubyte"), IdxImagesFile({"abcd", "bcde", "cdef"}, 2, 2));
    WriteFile(Path("x-labels-idx1-ubyte"), IdxLabelsFile({1, 1, 1}));
    return "idx:" + Path("x-images-idx3-ubyte");
  }

  FakeProvenanceServer server_;
  TempDir folder_;
  std::string out_;
  std::string err_;
};

TEST_F(CommandTest, ExplainsItself) {
  EXPECT_EQ(Run({"--help"}), kExitOk);
  for (const char* command : {"explain IMAGE...", "exemplars INDEX...", "membership IMAGE...",
                              "models [NAME]", "bench"}) {
    EXPECT_THAT(out_, HasSubstr(command));
  }
  for (const std::string command : {"explain", "exemplars", "membership", "models", "bench"}) {
    EXPECT_EQ(Run({command, "--help"}), kExitOk);
    EXPECT_THAT(out_, StartsWith("Usage: provnet " + command));
    EXPECT_THAT(out_, HasSubstr("--server"));
  }
}

TEST_F(CommandTest, ExitsWithTwoOnAUsageError) {
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{}, "Usage: provnet COMMAND"},
      {{"dance"}, "unknown command \"dance\""},
      {{"explain"}, "'explain' takes IMAGE...; got 0 arguments"},
      {{"explain", "a.png", "--top-k=x"}, "--top-k=x can't be read"},
      {{"explain", "a.png", "--save=x"}, "unknown flag --save"},
      {{"explain", "idx:a#b"}, "FIRST is not a number"},
      {{"exemplars", "seven"}, "\"seven\" is no sample index"},
      {{"models", "a", "b"}, "'models' takes [NAME]; got 2 arguments"},
      {{"bench", "--concurrency=0"}, "--concurrency=0"},
  };
  for (const auto& [args, message] : rows) {
    EXPECT_EQ(Run(args), kExitUsage) << message;
    EXPECT_THAT(err_, HasSubstr(message));
    EXPECT_THAT(out_, IsEmpty());
  }
}

TEST_F(CommandTest, NamesTheServerThatDoesNotAnswer) {
  absl::FlagSaver saver;
  std::istringstream in;
  std::ostringstream out, err;
  Console console{in, out, err, Terminal()};
  EXPECT_EQ(RunProvnet({"models", "--server=127.0.0.1:1", "--timeout=300ms"}, console),
            kExitFailed);
  EXPECT_THAT(err.str(), HasSubstr("No server answers at 127.0.0.1:1"));
}

TEST_F(CommandTest, ExplainsStandardInput) {
  EXPECT_EQ(Run({"explain", "-", "--top-k=2"}, *EncodePng({1, 1, 1, {0}})), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("- → odd  75.0 %  1 of 2 exemplars agree  digits/3"));
}

TEST_F(CommandTest, PrintsOneJsonDocumentAnInput) {
  EXPECT_EQ(Run({"explain", WriteDigits(), "--json"}), kExitOk) << err_;
  std::istringstream lines(out_);
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const nlohmann::json json = nlohmann::json::parse(line);
    EXPECT_EQ(json["input"], "x-images-idx3-ubyte#" + std::to_string(count));
    EXPECT_EQ(json["true_label"], 1);
    EXPECT_EQ(json["response"]["predicted"]["name"], count == 1 ? "even" : "odd");
    EXPECT_EQ(json["response"]["provenance"][0]["sample_index"], "10");
    EXPECT_EQ(json["response"]["provenance"][0]["sample"]["content"], "");
  }
  EXPECT_EQ(count, 3);
}

TEST_F(CommandTest, WritesJsonWithContentsToAFile) {
  EXPECT_EQ(Run({"explain", WriteDigits() + "#0", "--contents", "--json=" + Path("out.json")}),
            kExitOk)
      << err_;
  EXPECT_THAT(out_, IsEmpty());
  const nlohmann::json json = nlohmann::json::parse(ReadFile(Path("out.json")));
  EXPECT_EQ(json["response"]["provenance"][0]["sample"]["content"], "CgsMDQ==");
}

TEST_F(CommandTest, WritesOnePage) {
  EXPECT_EQ(Run({"explain", WriteDigits(), "--html=" + Path("page.html")}), kExitOk) << err_;
  const std::string page = ReadFile(Path("page.html"));
  EXPECT_THAT(page, StartsWith("<!DOCTYPE html>"));
  EXPECT_THAT(page, HasSubstr("2 of 3 right"));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    EXPECT_THAT(entry.path().filename().string(), ::testing::Not(HasSubstr("page.html.")));
  }
}

TEST_F(CommandTest, LeavesNothingWhereThePageCannotBeWritten) {
  EXPECT_EQ(Run({"explain", WriteDigits(), "--html=" + Path("missing/page.html")}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr("cannot create " + Path("missing/page.html")));
}

TEST_F(CommandTest, ShowsTheOthersWhenOneInputFails) {
  WriteFile(Path("a.png"), *EncodePng({1, 1, 1, {0}}));
  WriteFile(Path("empty.png"), "");
  EXPECT_EQ(
      Run({"explain", folder_.path().string(), "/no/such.png", "--html=" + Path("page.html")}),
      kExitFailed);
  EXPECT_THAT(out_, HasSubstr("a.png → odd"));
  EXPECT_THAT(err_, HasSubstr("empty.png: INVALID_ARGUMENT: the image is empty"));
  EXPECT_THAT(err_, HasSubstr("/no/such.png: NOT_FOUND"));
  EXPECT_THAT(err_, HasSubstr("2 of 3 inputs failed"));
  EXPECT_THAT(ReadFile(Path("page.html")), HasSubstr("2 failed"));
}

TEST_F(CommandTest, NamesAFolderWithoutImages) {
  EXPECT_EQ(Run({"explain", folder_.path().string()}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr("no .png, .jpg or .jpeg file"));
}

TEST_F(CommandTest, SavesSamples) {
  EXPECT_EQ(Run({"exemplars", "7", "8", "--save=" + Path("raw")}), kExitOk) << err_;
  EXPECT_EQ(ReadFile(Path("raw/7.bin")), FakeSample(7).content());
  EXPECT_EQ(Run({"exemplars", "7", "--png", "--save=" + Path("png")}), kExitOk) << err_;
  const Image image = *DecodeImage(ReadFile(Path("png/7.png")), 1);
  EXPECT_EQ(std::string(image.pixels.begin(), image.pixels.end()), FakeSample(7).content());
}

TEST_F(CommandTest, ShowsSamples) {
  EXPECT_EQ(Run({"exemplars", "7"}), kExitOk) << err_;
  EXPECT_THAT(out_,
              HasSubstr("#7  label 1  fake<&>\"'#7  application/vnd.provnet.tensor, 4 bytes"));
  EXPECT_EQ(Run({"exemplars", "7", "--json"}), kExitOk) << err_;
  EXPECT_EQ(nlohmann::json::parse(out_)["samples"][0]["sample_index"], "7");
  EXPECT_EQ(Run({"exemplars", "7000"}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr("NOT_FOUND"));
}

TEST_F(CommandTest, ChecksMembershipWithTheLabelsThatAreKnown) {
  EXPECT_EQ(Run({"membership", WriteDigits(), "--false-positive-rate=0.001"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("x-images-idx3-ubyte#0 → member  p = 1 at a false-positive rate of "
                              "0.001"));
  EXPECT_THAT(out_, HasSubstr("x-images-idx3-ubyte#1 → not called a member"));
  EXPECT_EQ(Run({"membership", WriteDigits() + "#0", "--label=0", "--json"}), kExitOk) << err_;
  const nlohmann::json json = nlohmann::json::parse(out_);
  EXPECT_EQ(json["label"], 0) << "the flag takes precedence over the labels file";
  EXPECT_EQ(json["response"]["p_value"], 0);
  EXPECT_EQ(json["response"]["false_positive_rate"], 0.01);
  WriteFile(Path("a.png"), *EncodePng({1, 1, 1, {0}}));
  EXPECT_EQ(Run({"membership", Path("a.png"), "--json=" + Path("out.json")}), kExitOk) << err_;
  EXPECT_THAT(out_, IsEmpty());
  EXPECT_EQ(nlohmann::json::parse(ReadFile(Path("out.json")))["response"]["p_value"], 1000);
}

TEST_F(CommandTest, ChecksTheOthersWhenOneInputFails) {
  WriteFile(Path("a.png"), *EncodePng({1, 1, 1, {0}}));
  WriteFile(Path("empty.png"), "");
  EXPECT_EQ(Run({"membership", folder_.path().string(), "/no/such.png"}), kExitFailed);
  EXPECT_THAT(out_, HasSubstr("a.png → "));
  EXPECT_THAT(err_, HasSubstr("empty.png: INVALID_ARGUMENT: CheckMembership at"));
  EXPECT_THAT(err_, HasSubstr("/no/such.png: NOT_FOUND"));
  EXPECT_THAT(err_, HasSubstr("2 of 3 inputs failed"));
}

TEST_F(CommandTest, RefusesAMembershipQuestionThatMakesNoSense) {
  for (const char* rate : {"0", "1", "nan", "-1"}) {
    EXPECT_EQ(Run({"membership", WriteDigits(), std::string("--false-positive-rate=") + rate}),
              kExitUsage);
    EXPECT_THAT(err_, HasSubstr("--false-positive-rate"));
  }
  EXPECT_EQ(Run({"membership", WriteDigits(), "--label=seven"}), kExitUsage);
  EXPECT_EQ(Run({"membership"}), kExitUsage);
}

TEST_F(CommandTest, ListsAndDescribesModels) {
  EXPECT_EQ(Run({"models", "--timeout=5s"}), kExitOk) << err_;
  EXPECT_EQ(out_,
            "MODEL   VERSION  HEAD       INPUT  CLASSES  SAMPLES  STATE\n"
            "digits  3        embedding  1x2x2  2        100      available\n");
  EXPECT_EQ(Run({"models", "digits"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("99.12 %"));
  EXPECT_EQ(Run({"models", "digits", "--json"}), kExitOk) << err_;
  EXPECT_EQ(nlohmann::json::parse(out_)["manifest"]["class_names"][1], "odd");
}

TEST_F(CommandTest, MeasuresTheServer) {
  EXPECT_EQ(Run({"bench", "--concurrency=2", "--warmup=20ms", "--duration=100ms", "--json"}),
            kExitOk)
      << err_;
  const nlohmann::json json = nlohmann::json::parse(out_);
  EXPECT_EQ(json["concurrency"], 2);
  EXPECT_GT(json["requests_succeeded"], 0);
  EXPECT_EQ(Run({"bench", "--rate=300", "--warmup=20ms", "--duration=100ms"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("open loop"));
}

TEST_F(CommandTest, SendsTheTokenOfItsFile) {
  WriteFile(Path("token"), "s3cret\n");
  const std::string token = "--token-file=" + Path("token");
  EXPECT_EQ(Run({"explain", WriteDigits() + "#0", token}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("would send the token in plaintext"));
  EXPECT_EQ(Run({"explain", WriteDigits() + "#0", token, "--allow-plaintext-token"}), kExitOk)
      << err_;
  EXPECT_THAT(server_.authorizations(), ::testing::Each("Bearer s3cret"));
  EXPECT_FALSE(server_.authorizations().empty());
}

TEST_F(CommandTest, SendsTheTraceOfTheProgramThatStartedIt) {
  const std::string traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  ::setenv("TRACEPARENT", traceparent.c_str(), 1);
  EXPECT_EQ(Run({"explain", WriteDigits() + "#0"}), kExitOk) << err_;
  ::unsetenv("TRACEPARENT");
  EXPECT_THAT(server_.traceparents(), ::testing::Each(traceparent));
  EXPECT_FALSE(server_.traceparents().empty());
}

TEST_F(CommandTest, KnowsTheServerAndIsKnownByTls) {
  const TestAuthority authority("authority");
  const TestCertificate own = authority.IssueForLoopback();
  grpc::SslServerCredentialsOptions credentials(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  credentials.pem_root_certs = authority.certificate();
  credentials.pem_key_cert_pairs.push_back({own.key, own.certificate});
  const FakeProvenanceServer server(4 << 20, grpc::SslServerCredentials(credentials));
  const TestCertificate client = authority.Issue("scoring", "");
  WriteFile(Path("ca"), authority.certificate());
  WriteFile(Path("cert"), client.certificate);
  WriteFile(Path("key"), client.key);
  WriteFile(Path("token"), "s3cret\n");
  const std::string ca = "--tls-ca=" + Path("ca");
  const std::string certificate = "--tls-cert=" + Path("cert");
  const std::string key = "--tls-key=" + Path("key");
  EXPECT_EQ(RunOn(server, {"explain", WriteDigits() + "#0", ca, certificate, key,
                           "--token-file=" + Path("token")}),
            kExitOk)
      << err_;
  EXPECT_THAT(server.authorizations(), ::testing::Contains("Bearer s3cret"));
  EXPECT_EQ(RunOn(server, {"models", ca, "--timeout=200ms"}), kExitFailed) << "no certificate";
  EXPECT_EQ(RunOn(server, {"models", ca, certificate, key, "--tls-server-name=other.example.org",
                           "--timeout=200ms"}),
            kExitFailed);
  EXPECT_EQ(Run({"models", ca, "--timeout=200ms"}), kExitFailed) << "this one is in plaintext";
  EXPECT_THAT(err_, HasSubstr("speak TLS"));
}

TEST_F(CommandTest, RefusesTlsFlagsThatMakeNoSense) {
  WriteFile(Path("ca"), "-----BEGIN CERTIFICATE-----");
  WriteFile(Path("text"), "no certificate");
  const std::string ca = "--tls-ca=" + Path("ca");
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{"models", "--tls-ca=" + Path("nowhere")}, "can't be read"},
      {{"models", "--tls-ca=" + Path("text")}, "has no PEM block"},
      {{"models", ca, "--tls-key=" + Path("ca")}, "go together"},
      {{"models", "--tls-server-name=a"}, "--tls-ca is missing"},
  };
  for (const auto& [arguments, message] : rows) {
    EXPECT_EQ(Run(arguments), kExitUsage);
    EXPECT_THAT(err_, HasSubstr(message));
  }
}

TEST_F(CommandTest, RefusesAFileThatHoldsNoToken) {
  WriteFile(Path("policy"), "{ \"roles\": [] }");
  EXPECT_EQ(Run({"models", "--token-file=" + Path("policy")}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("has more than one word"));
  EXPECT_EQ(Run({"models", "--token-file=" + Path("nowhere")}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("can't be read or is empty"));
}

}  // namespace
}  // namespace provnet
