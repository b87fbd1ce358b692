// Who may call what, over real loopback connections: a generated matrix of roles, calls and models.
#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>

#include <future>
#include <optional>

#include "server/security/protected_rpc.h"
#include "tests/server/service/guarded_server.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

const char* const kModels[] = {"digits", "letters"};
constexpr char kUnloaded[] = "ghost";

// One role of the matrix: the calls of `rpcs` (a bit each) on one model, or on all.
struct MatrixRole {
  std::string name;
  unsigned rpcs;
  std::string model;

  bool Grants(ProtectedRpc rpc, const std::string& on) const {
    return ((rpcs >> static_cast<unsigned>(rpc)) & 1U) != 0 && (model == "*" || model == on);
  }
};

// Every set of the six calls, on each model and on all: 192 roles.
std::vector<MatrixRole> AllRoles() {
  std::vector<MatrixRole> roles;
  for (const std::string model : {"digits", "letters", "*"}) {
    for (unsigned rpcs = 0; rpcs < (1U << kProtectedRpcCount); ++rpcs)
      roles.push_back({absl::StrCat("role", roles.size()), rpcs, model});
  }
  return roles;
}

std::string PolicyOf(const std::vector<MatrixRole>& roles) {
  std::string json;
  for (const MatrixRole& role : roles) {
    std::string rpcs;
    for (size_t i = 0; i < kProtectedRpcCount; ++i) {
      if (role.Grants(static_cast<ProtectedRpc>(i), role.model)) {
        absl::StrAppend(&rpcs, rpcs.empty() ? "" : ",", "\"",
                        ProtectedRpcName(static_cast<ProtectedRpc>(i)), "\"");
      }
    }
    const std::string grants =
        rpcs.empty()
            ? ""
            : absl::StrCat(R"({"rpcs": [)", rpcs, R"(], "models": [")", role.model, "\"]}");
    absl::StrAppend(&json, json.empty() ? "" : ",\n", R"({"name": ")", role.name,
                    R"(", "disclosure": "DISCLOSURE_CONTENT", "grants": [)", grants, "]}");
  }
  return absl::StrCat("{\"roles\": [", json, "]}");
}

class AccessTest : public ::testing::Test {
 protected:
  void Start(const std::string& policy,
             const std::vector<std::pair<std::string, std::string>>& roles_of,
             const std::vector<std::string>& models = {"digits", "letters"}) {
    files_.emplace(policy, roles_of);
    TestServerOptions options;
    options.guards.access = &files_->control();
    std::vector<FakeServable::Options> served;
    for (const std::string& model : models)
      served.push_back({.model = model, .calibration = SomeCalibration()});
    server_ = std::make_unique<TestServer>(options, served);
    server_->Serve();
  }

  // One call of `rpc` on `model` with `token`.
  grpc::Status Call(ProtectedRpc rpc, const std::string& token, const std::string& model) {
    TokenContext context(token);
    v1::ProvenanceService::Stub& stub = server_->stub();
    const auto ask = [&](auto request, auto response, auto method) {
      request.mutable_model()->set_name(model);
      return (stub.*method)(&context, request, &response);
    };
    using Stub = v1::ProvenanceService::Stub;
    switch (rpc) {
      case ProtectedRpc::kExplain:
        return ask(MakeRequest(), v1::ExplainResponse(), &Stub::Explain);
      case ProtectedRpc::kExplainStream:
        return CallStream(context, model);
      case ProtectedRpc::kGetExemplars: {
        v1::GetExemplarsRequest request;
        request.add_sample_index(1);
        return ask(request, v1::GetExemplarsResponse(), &Stub::GetExemplars);
      }
      case ProtectedRpc::kCheckMembership: {
        v1::CheckMembershipRequest request;
        *request.mutable_tensor() = MakeRequest().tensor();
        return ask(request, v1::CheckMembershipResponse(), &Stub::CheckMembership);
      }
      case ProtectedRpc::kGetModel:
        return ask(v1::GetModelRequest(), v1::GetModelResponse(), &Stub::GetModel);
      case ProtectedRpc::kListModels:
        return stub.ListModels(&context, {}, &listed_);
    }
    return grpc::Status();
  }

  // The status of the one request, or of the stream where that came first.
  grpc::Status CallStream(grpc::ClientContext& context, const std::string& model) {
    const auto stream = server_->stub().ExplainStream(&context);
    v1::ExplainRequest request = MakeRequest();
    request.mutable_model()->set_name(model);
    stream->Write(request);
    stream->WritesDone();
    v1::ExplainStreamResponse response;
    const bool answered = stream->Read(&response);
    const grpc::Status status = stream->Finish();
    if (!answered || !response.has_error()) return status;
    return {static_cast<grpc::StatusCode>(response.error().code()), response.error().message()};
  }

  std::optional<AccessFiles> files_;
  std::unique_ptr<TestServer> server_;
  v1::ListModelsResponse listed_;
};

TEST_F(AccessTest, EveryRoleMayMakeTheCallsThatItIsGrantedAndNoOthers) {
  const std::vector<MatrixRole> roles = AllRoles();
  std::vector<std::pair<std::string, std::string>> roles_of;
  for (const MatrixRole& role : roles) roles_of.emplace_back("token-" + role.name, role.name);
  Start(PolicyOf(roles), roles_of);
  for (const MatrixRole& role : roles) {
    for (size_t i = 0; i < kProtectedRpcCount; ++i) {
      const auto rpc = static_cast<ProtectedRpc>(i);
      if (rpc == ProtectedRpc::kListModels) continue;
      for (const std::string model : {"digits", "letters", kUnloaded}) {
        const grpc::Status status = Call(rpc, "token-" + role.name, model);
        const grpc::StatusCode expected = !role.Grants(rpc, model) ? grpc::PERMISSION_DENIED
                                          : model == kUnloaded     ? grpc::NOT_FOUND
                                                                   : grpc::OK;
        ASSERT_EQ(status.error_code(), expected)
            << role.name << " " << role.rpcs << " on " << role.model << ": "
            << ProtectedRpcName(rpc) << " on " << model << ": " << status.error_message();
        if (expected == grpc::PERMISSION_DENIED) {
          ASSERT_THAT(status.error_message(),
                      AllOf(HasSubstr(std::string(ProtectedRpcName(rpc))), HasSubstr(model),
                            HasSubstr(role.name), HasSubstr("ask the server's operator")));
        }
      }
    }
  }
}

TEST_F(AccessTest, ListModelsShowsTheModelsThatTheRoleMayList) {
  const std::vector<MatrixRole> roles = AllRoles();
  std::vector<std::pair<std::string, std::string>> roles_of;
  for (const MatrixRole& role : roles) roles_of.emplace_back("token-" + role.name, role.name);
  Start(PolicyOf(roles), roles_of);
  for (const MatrixRole& role : roles) {
    std::vector<std::string> expected;
    for (const std::string model : kModels) {
      if (role.Grants(ProtectedRpc::kListModels, model)) expected.push_back(model);
    }
    listed_.Clear();
    const grpc::Status status = Call(ProtectedRpc::kListModels, "token-" + role.name, "");
    ASSERT_EQ(status.error_code(), expected.empty() ? grpc::PERMISSION_DENIED : grpc::OK)
        << role.name << ": " << status.error_message();
    std::vector<std::string> names;
    for (const v1::ModelInfo& info : listed_.models()) names.push_back(info.model().name());
    ASSERT_EQ(names, expected) << role.name;
  }
}

constexpr char kReaderOfDigits[] =
    R"({"roles": [{"name": "reader", "grants": [{"rpcs": ["*"], "models": ["digits"]}],
                   "disclosure": "DISCLOSURE_CONTENT"}]})";

TEST_F(AccessTest, WithoutAKnownTokenNoCallIsMade) {
  Start(kReaderOfDigits, {{"good", "reader"}});
  for (size_t i = 0; i < kProtectedRpcCount; ++i) {
    const auto rpc = static_cast<ProtectedRpc>(i);
    for (const std::string token : {"", "bad", "goo", "good2"}) {
      const grpc::Status status = Call(rpc, token, "digits");
      EXPECT_EQ(status.error_code(), grpc::UNAUTHENTICATED)
          << ProtectedRpcName(rpc) << " " << token;
      EXPECT_THAT(status.error_message(), HasSubstr("Bearer"));
    }
    EXPECT_TRUE(Call(rpc, "good", "digits").ok()) << ProtectedRpcName(rpc);
  }
  EXPECT_EQ(server_->model().batch_sizes().size(), 3U) << "what was refused must not be computed";
}

TEST_F(AccessTest, TwoAuthorizationHeadersCountAsNone) {
  Start(kReaderOfDigits, {{"good", "reader"}});
  TokenContext context("good");
  context.AddMetadata("authorization", "Bearer other");
  v1::ListModelsResponse response;
  EXPECT_EQ(server_->stub().ListModels(&context, {}, &response).error_code(),
            grpc::UNAUTHENTICATED);
}

TEST_F(AccessTest, NoErrorNamesAModelThatTheCallerMayNotSee) {
  Start(kReaderOfDigits, {{"good", "reader"}});
  v1::ExplainResponse response;
  v1::ExplainRequest request = MakeRequest();
  TokenContext nameless("good");
  const grpc::Status ambiguous = server_->stub().Explain(&nameless, request, &response);
  EXPECT_EQ(ambiguous.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(ambiguous.error_message(), AllOf(HasSubstr("ListModels"), Not(HasSubstr("letters"))));
  request.mutable_model()->set_name("digits");
  request.mutable_model()->set_version(7);
  TokenContext versioned("good");
  const grpc::Status missing = server_->stub().Explain(&versioned, request, &response);
  EXPECT_EQ(missing.error_code(), grpc::NOT_FOUND);
  EXPECT_THAT(missing.error_message(), AllOf(HasSubstr("digits"), Not(HasSubstr("letters"))));
}

TEST_F(AccessTest, TheOnlyModelIsNotNamedToWhoMayNotSeeIt) {
  Start(kReaderOfDigits, {{"good", "reader"}}, {"letters"});
  v1::ExplainResponse response;
  TokenContext nameless("good");
  const grpc::Status status = server_->stub().Explain(&nameless, MakeRequest(), &response);
  EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT);
  EXPECT_THAT(status.error_message(), AllOf(HasSubstr("ListModels"), Not(HasSubstr("letters"))));
}

TEST_F(AccessTest, ATokenThatIsTakenAwayEndsAnOpenStreamsRights) {
  Start(kReaderOfDigits, {{"good", "reader"}});
  TokenContext context("good");
  const auto stream = server_->stub().ExplainStream(&context);
  v1::ExplainRequest request = MakeRequest();
  request.mutable_model()->set_name("digits");
  v1::ExplainStreamResponse response;
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.has_response());
  files_->WriteTokens({{"other", "reader"}});
  files_->control().Poll();
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.error().code(), grpc::UNAUTHENTICATED);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(AccessTest, HealthStaysOpenAndReflectionIsNotThere) {
  Start(kReaderOfDigits, {{"good", "reader"}});
  grpc::GenericStub stub(server_->NewChannel());
  const auto call = [&stub](const std::string& method) {
    TokenContext context("");
    const grpc::Slice empty;
    const grpc::ByteBuffer request(&empty, 1);
    grpc::ByteBuffer response;
    grpc::Status status;
    std::promise<void> done;
    stub.UnaryCall(&context, method, {}, &request, &response, [&](grpc::Status ended) {
      status = std::move(ended);
      done.set_value();
    });
    done.get_future().wait();
    return status;
  };
  EXPECT_TRUE(call("/grpc.health.v1.Health/Check").ok());
  for (const char* version : {"v1", "v1alpha"}) {
    EXPECT_EQ(
        call(absl::StrCat("/grpc.reflection.", version, ".ServerReflection/ServerReflectionInfo"))
            .error_code(),
        grpc::UNIMPLEMENTED);
  }
}

TEST(OpenServerTest, WarnsOnceWhenOthersCanConnect) {
  const auto warnings = [](const TestServerOptions& options) {
    const TestServer server(options);
    const std::string log = server.log();
    size_t count = 0;
    for (size_t at = 0; (at = log.find("anyone who can connect", at)) != std::string::npos; ++at)
      ++count;
    return count;
  };
  TestServerOptions options;
  EXPECT_EQ(warnings(options), 0U);
  options.grpc.host = "0.0.0.0";
  EXPECT_EQ(warnings(options), 1U);
  const AccessFiles files(kReaderOfDigits, {});
  options.guards.access = &files.control();
  EXPECT_EQ(warnings(options), 0U);
  EXPECT_TRUE(IsLoopback({"127.4.5.6", 1}) && IsLoopback({"::1", 1}) &&
              IsLoopback({"localhost", 1}));
  EXPECT_FALSE(IsLoopback({"0.0.0.0", 1}) || IsLoopback({"::", 1}) || IsLoopback({"10.0.0.1", 1}) ||
               IsLoopback({"localhost.example.org", 1}));
}

}  // namespace
}  // namespace provnet
