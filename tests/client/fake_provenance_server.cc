#include "tests/client/fake_provenance_server.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server_builder.h>

#include <chrono>

#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"

namespace provnet {
namespace {

constexpr uint64_t kSamples = 100;

void FillModel(v1::ModelVersion* model) {
  model->set_name("digits");
  model->set_version(3);
}

void FillInfo(v1::ModelInfo* info) {
  FillModel(info->mutable_model());
  info->set_state(v1::ModelInfo::STATE_AVAILABLE);
  info->set_head(v1::HEAD_TYPE_EMBEDDING);
  info->mutable_input()->set_channels(1);
  info->mutable_input()->set_height(2);
  info->mutable_input()->set_width(2);
  info->set_class_count(2);
  info->set_sample_count(kSamples);
}

void FillRefused(const std::string& error, v1::ModelInfo* info) {
  info->mutable_model()->set_name("digits");
  info->mutable_model()->set_version(4);
  info->set_state(v1::ModelInfo::STATE_FAILED);
  info->set_error(error);
}

v1::ExplainResponse Answer(const v1::ExplainRequest& request) {
  v1::ExplainResponse response;
  FillModel(response.mutable_model());
  const std::string& data =
      request.has_tensor() ? request.tensor().data() : request.encoded_image();
  const uint32_t predicted = data.empty() ? 0 : static_cast<uint8_t>(data[0]) & 1;
  response.mutable_predicted()->set_id(predicted);
  response.mutable_predicted()->set_name(predicted == 0 ? "even" : "odd");
  response.mutable_predicted()->set_probability(0.75F);
  const uint32_t top_k = request.has_top_k() ? request.top_k() : 5;
  for (uint32_t i = 0; i < top_k; ++i) {
    v1::Exemplar& exemplar = *response.add_provenance();
    exemplar.set_sample_index(10 + i);
    exemplar.set_rank(i + 1);
    exemplar.set_score(0.5F / static_cast<float>(i + 1));
    exemplar.set_label(i & 1);
    exemplar.set_label_name((i & 1) == 0 ? "even" : "odd");
    if (request.include_exemplars()) *exemplar.mutable_sample() = FakeSample(10 + i);
  }
  response.set_label_agreement(0.5F);
  return response;
}

}  // namespace

v1::SampleRecord FakeSample(uint64_t index) {
  v1::SampleRecord record;
  record.set_label(static_cast<uint32_t>(index & 1));
  record.set_source_id(absl::StrCat("fake<&>\"'#", index));
  record.set_content_type("application/vnd.provnet.tensor");
  for (uint64_t i = 0; i < 4; ++i)
    record.mutable_content()->push_back(static_cast<char>(index + i));
  record.mutable_tensor_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {1, 2, 2}) record.mutable_tensor_spec()->add_shape(extent);
  return record;
}

grpc::Status BusyStatus(absl::Duration retry_delay) {
  google::rpc::Status rich;
  rich.set_code(grpc::RESOURCE_EXHAUSTED);
  google::rpc::RetryInfo info;
  info.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(retry_delay));
  info.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(retry_delay % absl::Seconds(1))));
  rich.add_details()->PackFrom(info);
  return grpc::Status(grpc::RESOURCE_EXHAUSTED, "queue full", rich.SerializeAsString());
}

FakeProvenanceServer::FakeProvenanceServer(int max_receive_bytes,
                                           std::shared_ptr<grpc::ServerCredentials> credentials) {
  if (credentials == nullptr) credentials = grpc::InsecureServerCredentials();
  grpc::ServerBuilder builder;
  builder.AddListeningPort("127.0.0.1:0", credentials, &port_);
  builder.SetMaxReceiveMessageSize(max_receive_bytes);
  builder.RegisterService(this);
  server_ = builder.BuildAndStart();
}

FakeProvenanceServer::~FakeProvenanceServer() {
  server_->Shutdown(std::chrono::system_clock::now());
  // The calls are over, which ThreadSanitizer can't see in gRPC.
  const MutexLock lock(mutex_);
}

std::string FakeProvenanceServer::target() const { return absl::StrCat("127.0.0.1:", port_); }

void FakeProvenanceServer::FailNext(std::deque<grpc::Status> failures) {
  MutexLock lock(mutex_);
  failures_ = std::move(failures);
}

void FakeProvenanceServer::RefuseInStream(const std::string& data, v1::RequestError error) {
  MutexLock lock(mutex_);
  refusals_[data] = std::move(error);
}

void FakeProvenanceServer::BreakStreamAfter(int answers) {
  MutexLock lock(mutex_);
  break_after_ = answers;
}

void FakeProvenanceServer::Disclose(v1::Disclosure disclosure) {
  MutexLock lock(mutex_);
  disclosure_ = disclosure;
}

void FakeProvenanceServer::RefuseVersion4(const std::string& error) {
  MutexLock lock(mutex_);
  refused_version_ = error;
}

std::string FakeProvenanceServer::RefusedVersion() const {
  MutexLock lock(mutex_);
  return refused_version_;
}

void FakeProvenanceServer::Redact(v1::ExplainResponse& response) const {
  MutexLock lock(mutex_);
  if (disclosure_ == v1::DISCLOSURE_UNSPECIFIED) return;
  response.set_disclosure(disclosure_);
  if (disclosure_ < v1::DISCLOSURE_LABELS) response.clear_label_agreement();
  for (v1::Exemplar& exemplar : *response.mutable_provenance()) {
    exemplar.clear_sample();
    exemplar.mutable_error()->set_code(grpc::PERMISSION_DENIED);
    exemplar.mutable_error()->set_message("your role shows less");
    if (disclosure_ >= v1::DISCLOSURE_LABELS) continue;
    exemplar.clear_label();
    exemplar.clear_label_name();
  }
}

void FakeProvenanceServer::Redact(v1::GetExemplarsResponse& response) const {
  MutexLock lock(mutex_);
  if (disclosure_ == v1::DISCLOSURE_UNSPECIFIED) return;
  response.set_disclosure(disclosure_);
  for (v1::StoredSample& stored : *response.mutable_samples()) {
    const uint32_t label = stored.sample().label();
    stored.mutable_sample()->Clear();
    stored.mutable_sample()->set_label(label);
  }
}

int FakeProvenanceServer::calls() const {
  MutexLock lock(mutex_);
  return calls_;
}

std::vector<std::string> FakeProvenanceServer::authorizations() const {
  MutexLock lock(mutex_);
  return authorizations_;
}

std::vector<std::string> FakeProvenanceServer::traceparents() const {
  MutexLock lock(mutex_);
  return traceparents_;
}

void FakeProvenanceServer::NoteMetadata(const grpc::ServerContext& context) {
  const auto value = [&metadata = context.client_metadata()](const char* key) {
    const auto found = metadata.find(key);
    return found == metadata.end() ? "" : std::string(found->second.data(), found->second.size());
  };
  MutexLock lock(mutex_);
  authorizations_.push_back(value("authorization"));
  traceparents_.push_back(value("traceparent"));
}

grpc::Status FakeProvenanceServer::Begin() {
  MutexLock lock(mutex_);
  ++calls_;
  if (failures_.empty()) return grpc::Status::OK;
  grpc::Status failure = failures_.front();
  failures_.pop_front();
  return failure;
}

v1::RequestError FakeProvenanceServer::TakeRefusal(const std::string& data) {
  MutexLock lock(mutex_);
  auto found = refusals_.find(data);
  if (found == refusals_.end()) return {};
  v1::RequestError error = found->second;
  refusals_.erase(found);
  return error;
}

bool FakeProvenanceServer::ShouldBreak(int answered) {
  MutexLock lock(mutex_);
  if (break_after_ != answered) return false;
  break_after_ = -1;
  return true;
}

grpc::Status FakeProvenanceServer::Explain(grpc::ServerContext* context,
                                           const v1::ExplainRequest* request,
                                           v1::ExplainResponse* response) {
  NoteMetadata(*context);
  if (grpc::Status failure = Begin(); !failure.ok()) return failure;
  if (request->has_encoded_image() && request->encoded_image().empty()) {
    return grpc::Status(grpc::INVALID_ARGUMENT, "the image is empty");
  }
  *response = Answer(*request);
  Redact(*response);
  return grpc::Status::OK;
}

grpc::Status FakeProvenanceServer::ExplainStream(
    grpc::ServerContext* context,
    grpc::ServerReaderWriter<v1::ExplainStreamResponse, v1::ExplainRequest>* stream) {
  NoteMetadata(*context);
  if (grpc::Status failure = Begin(); !failure.ok()) return failure;
  v1::ExplainRequest request;
  for (int number = 0; stream->Read(&request); ++number) {
    if (ShouldBreak(number)) return grpc::Status(grpc::UNAVAILABLE, "draining");
    v1::ExplainStreamResponse response;
    response.set_request_number(static_cast<uint64_t>(number));
    v1::RequestError refusal = TakeRefusal(request.tensor().data());
    if (request.has_encoded_image() && request.encoded_image().empty()) {
      refusal.set_code(grpc::INVALID_ARGUMENT);
      refusal.set_message("the image is empty");
    }
    if (refusal.code() != 0) {
      *response.mutable_error() = refusal;
    } else {
      *response.mutable_response() = Answer(request);
    }
    stream->Write(response);
  }
  return grpc::Status::OK;
}

grpc::Status FakeProvenanceServer::GetExemplars(grpc::ServerContext*,
                                                const v1::GetExemplarsRequest* request,
                                                v1::GetExemplarsResponse* response) {
  if (grpc::Status failure = Begin(); !failure.ok()) return failure;
  FillModel(response->mutable_model());
  for (uint64_t index : request->sample_index()) {
    if (index >= kSamples)
      return grpc::Status(grpc::NOT_FOUND, absl::StrCat("sample ", index, " is not below 100"));
    v1::StoredSample& stored = *response->add_samples();
    stored.set_sample_index(index);
    *stored.mutable_sample() = FakeSample(index);
  }
  Redact(*response);
  return grpc::Status::OK;
}

grpc::Status FakeProvenanceServer::CheckMembership(grpc::ServerContext*,
                                                   const v1::CheckMembershipRequest* request,
                                                   v1::CheckMembershipResponse* response) {
  if (grpc::Status failure = Begin(); !failure.ok()) return failure;
  if (request->has_encoded_image() && request->encoded_image().empty()) {
    return grpc::Status(grpc::INVALID_ARGUMENT, "the image is empty");
  }
  FillModel(response->mutable_model());
  const std::string& data =
      request->has_tensor() ? request->tensor().data() : request->encoded_image();
  response->set_member((static_cast<uint8_t>(data[0]) & 1) != 0);
  response->set_p_value(request->has_label() ? request->label() : 1000);
  response->set_false_positive_rate(request->false_positive_rate());
  return grpc::Status::OK;
}

grpc::Status FakeProvenanceServer::ListModels(grpc::ServerContext*, const v1::ListModelsRequest*,
                                              v1::ListModelsResponse* response) {
  if (grpc::Status failure = Begin(); !failure.ok()) return failure;
  FillInfo(response->add_models());
  if (const std::string error = RefusedVersion(); !error.empty())
    FillRefused(error, response->add_models());
  return grpc::Status::OK;
}

grpc::Status FakeProvenanceServer::GetModel(grpc::ServerContext*,
                                            const v1::GetModelRequest* request,
                                            v1::GetModelResponse* response) {
  if (grpc::Status failure = Begin(); !failure.ok()) return failure;
  if (const std::string error = RefusedVersion(); !error.empty()) {
    const bool asked_for = request->model().version() == 4;
    FillRefused(error, asked_for ? response->mutable_info() : response->add_other_versions());
    if (asked_for) return grpc::Status::OK;
  }
  FillInfo(response->mutable_info());
  v1::BundleManifest& manifest = *response->mutable_manifest();
  *manifest.mutable_input() = response->info().input();
  manifest.mutable_created()->set_seconds(1700000000);
  manifest.add_class_names("even");
  manifest.add_class_names("odd");
  manifest.set_sample_count(kSamples);
  manifest.mutable_metrics()->set_test_accuracy(0.9912);
  manifest.mutable_index_head()->set_type(v1::HEAD_TYPE_EMBEDDING);
  return grpc::Status::OK;
}

}  // namespace provnet
