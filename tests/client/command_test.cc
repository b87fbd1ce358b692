#include "client/cli/command.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <httplib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/flags/reflection.h"
#include "absl/strings/str_cat.h"
#include "storage/image/image.h"
#include "tests/client/fake_provenance_server.h"
#include "tests/client/idx_files.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
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
    return RunAt(server.target(), std::move(args), input);
  }
  int RunAt(const std::string& target, std::vector<std::string> args,
            const std::string& input = "") {
    absl::FlagSaver saver;
    std::istringstream in(input);
    std::ostringstream out, err;
    Console console{in, out, err, Terminal()};
    if (!args.empty() && args.back() != "--help") args.push_back("--server=" + target);
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
      {{"explain", "a.png", "--top-k=x"}, "--top-k=x makes no sense"},
      {{"explain", "a.png", "--save=x"}, "unknown flag --save"},
      {{"explain", "idx:a#b"}, "FIRST is not a number"},
      {{"exemplars", "seven"}, "\"seven\" is no sample index"},
      {{"exemplars", "-1"}, "\"-1\" is no sample index; expected a number from 0 on"},
      {{"models", "a", "b"}, "'models' takes [NAME]; got 2 arguments"},
      {{"models", "--timeout=5"}, "expected a time with its unit, for example 5s or 500ms"},
      {{"models", "--timeout=-5s"}, "--timeout=-5s; expected a time above zero"},
      {{"bench", "--concurrency=0"}, "--concurrency=0; expected at least 1"},
      {{"bench", "--rate=nan"}, "--rate=nan; expected requests a second"},
      {{"bench", "--duration=inf"}, "--duration=inf; expected a time above zero"},
      {{"bench", "--streams=65"}, "--streams=65; expected at most a stream for each request"},
      {{"bench", "--http=http://127.0.0.1:1"}, "--http=http://127.0.0.1:1; expected HOST:PORT"},
      {{"bench", "--http=127.0.0.1"}, "--http=127.0.0.1; expected HOST:PORT"},
  };
  for (const auto& [args, message] : rows) {
    EXPECT_EQ(Run(args), kExitUsage) << message;
    EXPECT_THAT(err_, HasSubstr(message));
    EXPECT_THAT(out_, IsEmpty());
  }
}

TEST_F(CommandTest, RefusesFlagsThatWouldBeIgnored) {
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{"explain", "a.png", "--contents"}, "--contents applies with --json only"},
      {{"explain", "a.png", "--html=p", "--json=./p"},
       "--html and --json both name p; expected a file for each"},
      {{"explain", "a.png", "--html=-"}, "--html=-; expected the name of a file"},
      {{"exemplars", "7", "--png"}, "--png applies with --save only"},
      {{"models", "digits", "--model=vectors"},
       "the model is named twice, digits and --model=vectors"},
      {{"models", "--allow-plaintext-token"},
       "--allow-plaintext-token applies with --token-file only"},
      {{"bench", "--throttle"}, "--throttle applies with --rate only"},
      {{"bench", "--rate=1", "--concurrency=2"}, "--concurrency does not apply with --rate"},
      {{"bench", "--rate=1", "--streams=2"}, "--streams does not apply with --rate"},
      {{"bench", "--image=a.png", "--seed=2"}, "--seed applies to random pixels and to --rate"},
  };
  for (const auto& [args, message] : rows) {
    EXPECT_EQ(Run(args), kExitUsage) << message;
    EXPECT_THAT(err_, HasSubstr(message));
    EXPECT_THAT(out_, IsEmpty());
  }
  EXPECT_EQ(server_.calls(), 0);
}

TEST_F(CommandTest, SaysThatNothingListens) {
  EXPECT_EQ(RunAt("127.0.0.1:1", {"models", "--timeout=3s"}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr("Nothing listens at 127.0.0.1:1: check that provnet-server runs"));
  EXPECT_EQ(RunAt("unix:" + Path("no.sock"), {"models", "--timeout=3s"}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr("Nothing listens at unix:"));
}

TEST_F(CommandTest, SaysThatWhatListensIsNoGrpcServer) {
  httplib::Server http;
  const int port = http.bind_to_any_port("127.0.0.1");
  std::thread serving([&] { http.listen_after_bind(); });
  // stop() has no effect on a server that has not begun to run.
  while (!http.is_running()) std::this_thread::yield();
  const std::string target = absl::StrCat("127.0.0.1:", port);
  EXPECT_EQ(RunAt(target, {"models", "--timeout=3s"}), kExitFailed);
  http.stop();
  serving.join();
  EXPECT_THAT(err_, HasSubstr(target + " speaks HTTP/1 and no gRPC"));
}

TEST_F(CommandTest, RefusesAServerThatIsNone) {
  EXPECT_EQ(RunAt("http://localhost:8500", {"models"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("--server=http://localhost:8500: \"http://\" is no scheme"));
  EXPECT_EQ(RunAt("localhost:0", {"models"}), kExitUsage);
  EXPECT_THAT(err_, HasSubstr("--server=localhost:0: the port is \"0\""));
}

TEST_F(CommandTest, SaysThatTheMetricsAreNotThere) {
  const std::vector<std::string> bench = {"bench", "--warmup=0s", "--duration=1ms"};
  for (const std::string& http : {std::string("127.0.0.1:1"), server_.target()}) {
    std::vector<std::string> args = bench;
    args.push_back("--http=" + http);
    EXPECT_EQ(Run(args), kExitFailed);
    EXPECT_THAT(err_, HasSubstr("no metrics at http://" + http + "/metrics: "));
    EXPECT_THAT(err_, HasSubstr("provnet-server's own --http"));
    EXPECT_THAT(err_, Not(HasSubstr("--listen:"))) << "that is about --server";
  }
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
    EXPECT_THAT(entry.path().filename().string(), Not(HasSubstr("page.html.")));
  }
}

TEST_F(CommandTest, AsksForNothingThatItCouldNotWrite) {
  const std::string missing = Path("missing/file");
  for (const std::string flag : {"--html=", "--json="}) {
    SCOPED_TRACE(flag);
    EXPECT_EQ(Run({"explain", WriteDigits(), flag + missing}), kExitFailed);
    EXPECT_THAT(out_, IsEmpty());
    EXPECT_THAT(err_, HasSubstr("cannot write to the folder of " + missing));
    EXPECT_EQ(Run({"explain", WriteDigits(), flag + folder_.path().string()}), kExitFailed);
    EXPECT_THAT(out_, IsEmpty());
    EXPECT_THAT(err_, HasSubstr(" is a folder, expected a file to write"));
  }
  EXPECT_FALSE(std::filesystem::exists(Path("missing")));
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

TEST_F(CommandTest, TellsOfAVersionThatWasRefusedNoMoreThanTheServerKnows) {
  server_.RefuseVersion4("model.pt: the checksum differs");
  EXPECT_EQ(Run({"models"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("digits  4        -          -      -        -        FAILED: "
                              "model.pt: the checksum differs\n"));
  EXPECT_EQ(Run({"models", "digits", "--version=4"}), kExitOk) << err_;
  EXPECT_EQ(out_, "digits version 4: FAILED: model.pt: the checksum differs\n");
  EXPECT_EQ(Run({"models", "digits", "--version=4", "--json"}), kExitOk) << err_;
  EXPECT_EQ(nlohmann::json::parse(out_), nlohmann::json::parse(R"({"info": {
              "model": {"name": "digits", "version": "4", "store_snapshot_id": ""},
              "state": "STATE_FAILED", "error": "model.pt: the checksum differs"},
              "other_versions": [], "disclosure": "DISCLOSURE_UNSPECIFIED"})"));
  EXPECT_EQ(Run({"models", "--json"}), kExitOk) << err_;
  const nlohmann::json models = nlohmann::json::parse(out_)["models"];
  EXPECT_EQ(models[0]["class_count"], 2);
  EXPECT_FALSE(models[1].contains("class_count"));
  EXPECT_EQ(Run({"models", "digits", "--json"}), kExitOk) << err_;
  EXPECT_FALSE(nlohmann::json::parse(out_)["other_versions"][0].contains("sample_count"));
}

TEST_F(CommandTest, SaysWhatTheRoleDoesNotShow) {
  server_.Disclose(v1::DISCLOSURE_INDICES);
  EXPECT_EQ(Run({"explain", WriteDigits() + "#0", "--top-k=1"}), kExitOk) << err_;
  EXPECT_THAT(out_, HasSubstr("withheld: your role"));
  EXPECT_EQ(Run({"explain", WriteDigits() + "#0", "--json"}), kExitOk) << err_;
  const nlohmann::json response = nlohmann::json::parse(out_)["response"];
  EXPECT_FALSE(response.contains("label_agreement"));
  EXPECT_FALSE(response["provenance"][0].contains("label"));
  EXPECT_EQ(response["provenance"][0]["error"]["message"], "your role shows less");
  server_.Disclose(v1::DISCLOSURE_LABELS);
  EXPECT_EQ(Run({"exemplars", "7"}), kExitOk) << err_;
  EXPECT_EQ(out_, "#7  label 1  withheld: your role shows indices and labels only\n");
  EXPECT_EQ(Run({"exemplars", "7", "--save=" + Path("samples")}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr("PERMISSION_DENIED: nothing for --save="));
  EXPECT_FALSE(std::filesystem::exists(Path("samples")));
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
  const std::string at = server.target();
  EXPECT_EQ(RunOn(server, {"models", ca, "--timeout=3s"}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr(at + " ended the TLS handshake: it may want a certificate"));
  EXPECT_EQ(RunOn(server, {"models", ca, certificate, key, "--tls-server-name=other.example.org",
                           "--timeout=3s"}),
            kExitFailed);
  EXPECT_THAT(err_, HasSubstr("The certificate of " + at + " is for another name"));
  WriteFile(Path("stranger"), TestAuthority("stranger").certificate());
  EXPECT_EQ(
      RunOn(server, {"models", "--tls-ca=" + Path("stranger"), certificate, key, "--timeout=3s"}),
      kExitFailed);
  EXPECT_THAT(err_, HasSubstr("The certificate of " + at + " is not of an authority in --tls-ca"));
  EXPECT_EQ(RunOn(server, {"models", "--timeout=3s"}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr(at + " closed the connection: it may speak TLS alone (--tls-ca)"));
  EXPECT_EQ(Run({"models", ca, "--timeout=3s"}), kExitFailed);
  EXPECT_THAT(err_, HasSubstr(server_.target() + " answers without TLS: leave --tls-ca out"));
}

TEST_F(CommandTest, RefusesTlsFlagsThatMakeNoSense) {
  const TestAuthority authority("authority");
  const TestCertificate own = authority.Issue("scoring", "");
  WriteFile(Path("ca"), authority.certificate());
  WriteFile(Path("cert"), own.certificate);
  WriteFile(Path("key"), own.key);
  WriteFile(Path("other-key"), authority.Issue("other", "").key);
  WriteFile(Path("text"), "no certificate");
  const auto flag = [this](const std::string& name, const std::string& file) {
    return "--tls-" + name + "=" + Path(file);
  };
  const std::string ca = flag("ca", "ca");
  const std::pair<std::vector<std::string>, std::string> rows[] = {
      {{"models", flag("ca", "nowhere")},
       "--tls-ca: cannot open " + Path("nowhere") +
           ": No such file or directory; expected a PEM file of certificates"},
      {{"models", flag("ca", "text")},
       flag("ca", "text") + ": certificate 1 of it can't be read, expected PEM"},
      {{"models", ca, flag("cert", "text"), flag("key", "key")},
       flag("cert", "text") + " with " + flag("key", "key") + ": the certificate: certificate 1"},
      {{"models", ca, flag("cert", "cert"), flag("key", "cert")}, "the private key can't be read"},
      {{"models", ca, flag("cert", "cert"), flag("key", "other-key")},
       "the private key is not the certificate's"},
      {{"models", ca, flag("cert", "cert"), flag("key", "nowhere")},
       "--tls-key: cannot open " + Path("nowhere")},
      {{"models", ca, flag("key", "key")},
       "--tls-cert and --tls-key go together; --tls-cert is missing"},
      {{"models", "--tls-server-name=a"}, "--tls-ca is missing"},
      {{"models", "--tls-ca="}, "--tls-ca has an empty value"},
  };
  for (const auto& [arguments, message] : rows) {
    EXPECT_EQ(Run(arguments), kExitUsage) << message;
    EXPECT_THAT(err_, HasSubstr(message));
  }
  EXPECT_EQ(server_.calls(), 0);
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
