#ifndef PROVNET_CLIENT_CLIENT_H_
#define PROVNET_CLIENT_CLIENT_H_

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/client_options.h"
#include "provnet/v1/provenance_service.pb.h"

namespace provnet {

// Asks a ProvNet server.
//
//   absl::StatusOr<provnet::Client> client = provnet::Client::Create({.target = "localhost:8500"});
//   provnet::v1::ExplainRequest request;
//   request.set_encoded_image(png_bytes);
//   absl::StatusOr<provnet::v1::ExplainResponse> answer = client->Explain(request);
//   if (answer.ok()) std::cout << answer->predicted().name() << " because of " <<
//   answer->provenance_size() << "\n";
//
// Every call has a deadline, and is tried again within it while the server is unreachable, draining
// or busy (see RetryDelay); all calls are idempotent. While a model refuses most calls, some are
// refused here instead of being sent (see ClientOptions::throttle). Errors carry the server's code,
// and a message that begins with the call and the target. Thread-safe: share one client, which is
// one HTTP/2 connection to each of the target's addresses. Movable; a moved-from client can only be
// assigned to or destroyed.
class Client {
 public:
  // Connects lazily: a server that is not there shows in the first call, as UNAVAILABLE.
  // INVALID_ARGUMENT when an option is out of range.
  static absl::StatusOr<Client> Create(ClientOptions options);

  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // `timeout`, where given, replaces ClientOptions::timeout for this call.
  absl::StatusOr<v1::ExplainResponse> Explain(const v1::ExplainRequest& request,
                                              std::optional<absl::Duration> timeout = {}) const;

  // The same for many requests over one stream, at most max_in_flight unanswered at a time. Result
  // i belongs to request i; a request that fails, fails alone. When the stream breaks, what is
  // unanswered goes into a new one. Returns when every request has its result or `timeout` (default
  // ClientOptions::bulk_timeout) has passed.
  std::vector<absl::StatusOr<v1::ExplainResponse>> ExplainAll(
      absl::Span<const v1::ExplainRequest> requests,
      std::optional<absl::Duration> timeout = {}) const;

  absl::StatusOr<v1::GetExemplarsResponse> GetExemplars(
      const v1::GetExemplarsRequest& request, std::optional<absl::Duration> timeout = {}) const;

  // Whether a record was in the training set; what the answer means is said at
  // v1::ProvenanceService.CheckMembership.
  absl::StatusOr<v1::CheckMembershipResponse> CheckMembership(
      const v1::CheckMembershipRequest& request, std::optional<absl::Duration> timeout = {}) const;

  absl::StatusOr<v1::ListModelsResponse> ListModels(
      std::optional<absl::Duration> timeout = {}) const;

  absl::StatusOr<v1::GetModelResponse> GetModel(const v1::GetModelRequest& request,
                                                std::optional<absl::Duration> timeout = {}) const;

 private:
  struct Core;
  explicit Client(std::unique_ptr<const Core> core);

  std::unique_ptr<const Core> core_;
};

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLIENT_H_
