// What the audit log says of calls over real connections, and what happens without it.
#include <gmock/gmock.h>
#include <httplib.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "server/security/audit_log.h"
#include "tests/server/service/guarded_server.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/stuck_file.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using Json = nlohmann::json;

constexpr char kPolicy[] = R"({"roles": [
  {"name": "full", "grants": [{"rpcs": ["*"], "models": ["*"]}], "disclosure": "DISCLOSURE_CONTENT"},
  {"name": "low", "grants": [{"rpcs": ["*"], "models": ["*"]}], "disclosure": "DISCLOSURE_INDICES"}
]})";

class AuditTest : public ::testing::Test {
 protected:
  AuditTest() : access_(kPolicy, {{"alice", "full"}, {"bob", "low"}}) { Serve(); }

  // Anew, where it served.
  void Serve() {
    server_.reset();
    auto audit = AuditLog::Open(
        file_, [this] { return epoch_.load(); }, clock_, probe_);
    EXPECT_TRUE(audit.ok()) << audit.status();
    audit_ = *std::move(audit);
    TestServerOptions options;
    options.guards = {&access_.control(), audit_.get()};
    server_ = std::make_unique<TestServer>(
        options, std::vector<FakeServable::Options>{{.calibration = SomeCalibration()}});
    server_->Serve();
  }

  grpc::Status Explain(const std::string& token, bool contents = false) {
    TokenContext context(token);
    context.AddMetadata("x-request-id", "mine");
    v1::ExplainRequest request = MakeRequest();
    request.set_top_k(2);
    request.set_include_exemplars(contents);
    return server_->stub().Explain(&context, request, &explained_);
  }
  grpc::Status Check(const std::string& token) {
    TokenContext context(token);
    v1::CheckMembershipRequest request;
    *request.mutable_tensor() = MakeRequest().tensor();
    return server_->stub().CheckMembership(&context, request, &checked_);
  }
  grpc::Status Exemplars(const std::string& token) {
    TokenContext context(token);
    v1::GetExemplarsRequest request;
    request.add_sample_index(7);
    request.add_sample_index(4);
    v1::GetExemplarsResponse response;
    return server_->stub().GetExemplars(&context, request, &response);
  }

  std::vector<Json> Records() const {
    std::ifstream stream(file_);
    std::vector<Json> records;
    for (std::string line; std::getline(stream, line);) records.push_back(Json::parse(line));
    return records;
  }

  int Http(const std::string& path) const {
    httplib::Client client("127.0.0.1", server_->server().http_port());
    const auto answer = client.Get(path);
    return answer ? answer->status : 0;
  }
  int Readyz() const { return Http("/readyz"); }

  // From here on nothing can be recorded: the file's place is taken by a folder.
  void BreakAudit() {
    std::filesystem::rename(file_, folder_ / "old");
    std::filesystem::create_directory(file_);
    ++epoch_;
  }

  TempDir folder_;
  FakeClock clock_;
  const std::filesystem::path file_ = folder_ / "audit.jsonl";
  std::atomic<uint64_t> epoch_{0};
  RecordingProbe probe_;
  AccessFiles access_;
  std::unique_ptr<AuditLog> audit_;
  std::unique_ptr<TestServer> server_;
  v1::ExplainResponse explained_;
  v1::CheckMembershipResponse checked_;
};

TEST_F(AuditTest, EveryDisclosureIsRecordedAsItWasMade) {
  ASSERT_TRUE(Explain("alice", true).ok());
  ASSERT_TRUE(Explain("bob").ok());
  ASSERT_TRUE(Check("alice").ok());
  ASSERT_TRUE(Exemplars("alice").ok());
  const auto records = Records();
  ASSERT_THAT(records, SizeIs(4));
  const Json& first = records[0];
  EXPECT_EQ(first["principal"], "p-alice");
  EXPECT_EQ(first["request_id"], "mine");
  EXPECT_EQ(first["rpc"], "Explain");
  EXPECT_EQ(first["model"], explained_.model().name());
  EXPECT_EQ(first["version"], explained_.model().version());
  EXPECT_EQ(first["disclosure"], "content");
  EXPECT_THAT(first["peer"].get<std::string>(), HasSubstr("127.0.0.1"));
  EXPECT_EQ(records[1]["principal"], "p-bob");
  EXPECT_EQ(records[1]["disclosure"], "indices");
  Json indices = Json::array();
  for (const auto& exemplar : explained_.provenance()) indices.push_back(exemplar.sample_index());
  EXPECT_EQ(indices.size(), 2);
  EXPECT_EQ(records[1]["samples"], indices);
  EXPECT_EQ(records[2]["rpc"], "CheckMembership");
  EXPECT_EQ(records[2]["member"], checked_.member());
  EXPECT_EQ(records[2]["p_value"], checked_.p_value());
  EXPECT_EQ(records[3]["rpc"], "GetExemplars");
  EXPECT_EQ(records[3]["samples"], Json({7, 4}));
}

TEST_F(AuditTest, EveryRequestOfAStreamIsRecorded) {
  TokenContext context("bob");
  const auto stream = server_->stub().ExplainStream(&context);
  v1::ExplainStreamResponse response;
  for (int i = 0; i < 3; ++i) stream->Write(MakeRequest());
  stream->WritesDone();
  while (stream->Read(&response)) {
  }
  ASSERT_TRUE(stream->Finish().ok());
  const auto records = Records();
  ASSERT_THAT(records, SizeIs(3));
  EXPECT_EQ(records[2]["rpc"], "ExplainStream");
}

TEST_F(AuditTest, WhatIsRefusedOrShowsNothingIsNotRecorded) {
  EXPECT_EQ(Explain("nobody").error_code(), grpc::UNAUTHENTICATED);
  EXPECT_EQ(Exemplars("bob").error_code(), grpc::PERMISSION_DENIED);
  TokenContext context("bob");
  v1::ListModelsResponse models;
  ASSERT_TRUE(server_->stub().ListModels(&context, {}, &models).ok());
  EXPECT_THAT(Records(), IsEmpty());
}

// The answer was complete by the time that it could not be recorded.
TEST_F(AuditTest, WithoutARecordAStreamDisclosesNothing) {
  BreakAudit();
  TokenContext context("bob");
  const auto stream = server_->stub().ExplainStream(&context);
  stream->Write(MakeRequest());
  stream->WritesDone();
  v1::ExplainStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_FALSE(response.has_response());
  EXPECT_EQ(response.error().code(), static_cast<int>(absl::StatusCode::kUnavailable));
  EXPECT_THAT(response.error().message(), HasSubstr("can't record"));
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(AuditTest, WithoutARecordThereIsNoDisclosureAndTheServerIsNotReady) {
  ASSERT_TRUE(Explain("alice").ok());
  EXPECT_EQ(Readyz(), 200);
  BreakAudit();
  for (const grpc::Status& status : {Explain("alice"), Check("alice"), Exemplars("alice")}) {
    EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
    EXPECT_THAT(status.error_message(), HasSubstr("can't record"));
    EXPECT_THAT(status.error_message(), ::testing::Not(HasSubstr(folder_.path().string())));
  }
  EXPECT_EQ(Readyz(), 503);
  // What discloses nothing goes on.
  TokenContext context("alice");
  v1::ListModelsResponse models;
  EXPECT_TRUE(server_->stub().ListModels(&context, {}, &models).ok());
  std::filesystem::remove(file_);
  audit_->Retry(absl::Now());
  EXPECT_EQ(Readyz(), 200);
  EXPECT_TRUE(Explain("alice").ok());
}

TEST_F(AuditTest, ADiskThatDoesNotAnswerLeavesHealthAndReadinessAnswering) {
  std::filesystem::remove(file_);
  StuckFile disk(file_);
  Serve();
  std::jthread call([this] { EXPECT_TRUE(Explain("alice").ok()); });
  while (Readyz() == 200) clock_.Advance(absl::Seconds(1));
  // More often than HTTP has threads.
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Readyz(), 503);
  EXPECT_EQ(Http("/healthz"), 200);
  disk.Release();
  call.join();
  EXPECT_EQ(Readyz(), 200);
}

}  // namespace
}  // namespace provnet
