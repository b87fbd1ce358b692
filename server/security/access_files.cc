#include "server/security/access_files.h"

#include "absl/strings/str_cat.h"
#include "storage/proto_json.h"

namespace provnet {
namespace {

template <typename Message>
absl::StatusOr<Message> Parse(absl::string_view json) {
  Message message;
  // A misspelt field must not silently grant or deny anything, so unknown ones are errors.
  const absl::Status status = ParseProtoJson(json, UnknownFields::kRefuse, message);
  if (status.ok()) return message;
  // Behind the first line the parser shows where it stopped: a piece of the file, which may be a
  // secret.
  const absl::string_view reason = status.message().substr(0, status.message().find('\n'));
  return absl::InvalidArgumentError(
      absl::StrCat("not the JSON of a provnet.v1.", Message::descriptor()->name(),
                   " (proto/provnet/v1/access_policy.proto): ", reason));
}

}  // namespace

absl::StatusOr<v1::AccessPolicy> ParseAccessPolicy(absl::string_view json) {
  return Parse<v1::AccessPolicy>(json);
}

absl::StatusOr<v1::TokenFile> ParseTokenFile(absl::string_view json) {
  return Parse<v1::TokenFile>(json);
}

}  // namespace provnet
