#ifndef PROVNET_CLIENT_TARGET_H_
#define PROVNET_CLIENT_TARGET_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace provnet {

// The port that provnet-server listens on unless it is told another.
inline constexpr int kDefaultPort = 8500;

// `target` as gRPC takes it, with kDefaultPort where it names a host alone: HOST, HOST:PORT, an
// IPv6 address in brackets or, without a port, bare, and the same after "dns:" or "dns:///".
// Targets of gRPC's other schemes, such as "unix:/run/provnet.sock", are returned as they are.
// INVALID_ARGUMENT, with what is wrong and what was expected, for all else: gRPC itself would dial
// port 0, or 443.
absl::StatusOr<std::string> CompleteTarget(absl::string_view target);

}  // namespace provnet

#endif  // PROVNET_CLIENT_TARGET_H_
