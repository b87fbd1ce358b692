#ifndef PROVNET_SERVER_SERVICE_REQUEST_ID_H_
#define PROVNET_SERVER_SERVICE_REQUEST_ID_H_

#include <string>

#include "absl/strings/string_view.h"

namespace provnet {

// Metadata key under which a caller may name its request and finds the name in the trailers.
inline constexpr char kRequestIdKey[] = "x-request-id";

// `offered` when it is a usable id, 1 .. 128 characters of [A-Za-z0-9._:/+=-]; else a fresh one,
// unique within the process and improbable elsewhere. Thread-safe.
std::string ChooseRequestId(absl::string_view offered);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_ID_H_
