#include "server/service/grpc_status.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/status.pb.h"
#include "server/batching/retry_after.h"
#include "server/service/host_paths.h"

namespace provnet {
namespace {

constexpr absl::string_view kRetryInfoUrl = "type.googleapis.com/google.rpc.RetryInfo";
// A client takes 8 KiB of metadata, in which a message appears twice: up to three times as long by
// percent-encoding, and in base64.
constexpr size_t kMaxMessageBytes = 1024;

std::string Message(const absl::Status& status) {
  std::string message = WithoutHostPaths(status.message());
  if (message.size() <= kMaxMessageBytes) return message;
  size_t end = kMaxMessageBytes;
  // Not within a UTF-8 sequence, whose bytes after the first are 10xxxxxx.
  while (end > 0 && (static_cast<unsigned char>(message[end]) & 0xC0) == 0x80) --end;
  return absl::StrCat(absl::string_view(message).substr(0, end), " [cut]");
}

std::string Details(const absl::Status& status) {
  google::rpc::Status details;
  status.ForEachPayload([&details](absl::string_view type_url, const absl::Cord& payload) {
    google::protobuf::Any& any = *details.add_details();
    any.set_type_url(std::string(type_url));
    any.set_value(std::string(payload));
  });
  if (details.details().empty()) return "";
  details.set_code(static_cast<int>(status.code()));
  details.set_message(Message(status));
  return details.SerializeAsString();
}

}  // namespace

absl::Status WithRetryDelay(absl::Status status, absl::Duration delay) {
  google::rpc::RetryInfo info;
  absl::Duration rest;
  info.mutable_retry_delay()->set_seconds(absl::IDivDuration(delay, absl::Seconds(1), &rest));
  info.mutable_retry_delay()->set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(rest)));
  status.SetPayload(kRetryInfoUrl, absl::Cord(info.SerializeAsString()));
  return status;
}

absl::Status AdviseRetry(absl::Status status) {
  if (const auto advised = RetryAfter(status); advised.has_value())
    return WithRetryDelay(WithoutRetryAfter(std::move(status)), *advised);
  if (absl::IsResourceExhausted(status)) {
    return WithRetryDelay(std::move(status), absl::Milliseconds(100));
  }
  if (absl::IsUnavailable(status)) {
    return WithRetryDelay(std::move(status), absl::Milliseconds(250));
  }
  return status;
}

absl::Duration RetryDelay(const absl::Status& status) {
  const absl::optional<absl::Cord> payload = status.GetPayload(kRetryInfoUrl);
  google::rpc::RetryInfo info;
  if (!payload.has_value() || !info.ParseFromString(std::string(*payload)))
    return absl::ZeroDuration();
  return absl::Seconds(info.retry_delay().seconds()) +
         absl::Nanoseconds(info.retry_delay().nanos());
}

grpc::Status ToGrpcStatus(const absl::Status& status) {
  if (status.ok()) return grpc::Status::OK;
  // gRPC's codes are Abseil's.
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), Message(status),
                      Details(status));
}

v1::RequestError ToRequestError(const absl::Status& status) {
  v1::RequestError error;
  error.set_code(static_cast<int>(status.code()));
  error.set_message(Message(status));
  const int64_t delay_ms = absl::ToInt64Milliseconds(RetryDelay(status));
  error.set_retry_delay_ms(static_cast<uint32_t>(
      std::clamp<int64_t>(delay_ms, 0, std::numeric_limits<uint32_t>::max())));
  return error;
}

}  // namespace provnet
