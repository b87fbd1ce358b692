// A bare gRPC server behind ProvNet's own contract: Explain parses the request and answers with one
// fixed response. What it costs is what gRPC costs, so it is the floor that the real server is
// measured against.
//
//   provnet-echo --bundle=REPOSITORY/MODEL/VERSION --port-file=FILE
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "provnet/v1/provenance_service.grpc.pb.h"
#include "storage/bundle_verifier.h"

ABSL_FLAG(std::string, bundle, "", "bundle whose manifest GetModel shows");
ABSL_FLAG(std::string, port_file, "", "where to write grpc=HOST:PORT once ready");

namespace provnet {
namespace {

v1::ExplainResponse FixedResponse(const v1::BundleManifest& manifest) {
  v1::ExplainResponse response;
  response.mutable_model()->set_name(manifest.model());
  response.mutable_model()->set_version(manifest.version());
  response.mutable_predicted()->set_name(manifest.class_names(0));
  response.mutable_predicted()->set_probability(0.75F);
  for (uint32_t rank = 1; rank <= 5; ++rank) {
    v1::Exemplar& exemplar = *response.add_provenance();
    exemplar.set_sample_index(rank * 1000);
    exemplar.set_rank(rank);
    exemplar.set_score(0.2F);
    exemplar.set_label_name(manifest.class_names(0));
  }
  return response;
}

class EchoService final : public v1::ProvenanceService::CallbackService {
 public:
  explicit EchoService(v1::BundleManifest manifest)
      : manifest_(std::move(manifest)), response_(FixedResponse(manifest_)) {}

  grpc::ServerUnaryReactor* Explain(grpc::CallbackServerContext* context, const v1::ExplainRequest*,
                                    v1::ExplainResponse* response) override {
    *response = response_;
    return Finish(context);
  }

  grpc::ServerUnaryReactor* GetModel(grpc::CallbackServerContext* context,
                                     const v1::GetModelRequest*,
                                     v1::GetModelResponse* response) override {
    *response->mutable_info()->mutable_input() = manifest_.input();
    return Finish(context);
  }

 private:
  static grpc::ServerUnaryReactor* Finish(grpc::CallbackServerContext* context) {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  const v1::BundleManifest manifest_;
  const v1::ExplainResponse response_;
};

int Run() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  const auto manifest = VerifyBundle(absl::GetFlag(FLAGS_bundle));
  if (!manifest.ok()) {
    std::cerr << "error: --bundle: " << manifest.status() << "\n";
    return 1;
  }
  EchoService service(*manifest);
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::cerr << "error: cannot listen on 127.0.0.1\n";
    return 1;
  }
  const std::filesystem::path file = absl::GetFlag(FLAGS_port_file),
                              partial = file.string() + ".partial";
  std::ofstream(partial) << "grpc=127.0.0.1:" << port << "\n";
  std::filesystem::rename(partial, file);
  int received = 0;
  sigwait(&signals, &received);
  server->Shutdown();
  return 0;
}

}  // namespace
}  // namespace provnet

int main(int argc, char** argv) {
  absl::ParseCommandLine(argc, argv);
  return provnet::Run();
}
