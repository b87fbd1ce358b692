#ifndef PROVNET_SERVER_SECURITY_CREDENTIALS_H_
#define PROVNET_SERVER_SECURITY_CREDENTIALS_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage/sha256.h"

namespace provnet {

// What a caller shows to say who it is. The token itself is not kept.
struct Credentials {
  // There was an authorization header, of whatever form.
  bool has_authorization = false;
  // The SHA-256 of its bearer token; absent when it has another form.
  std::optional<Sha256Digest> token;
  // The subject and the subject alternative names of the certificate that the TLS handshake
  // verified; empty without one.
  std::string subject;
  std::vector<std::string> alternative_names;
};

// Reads "Bearer TOKEN", the scheme in any case.
Credentials& SetAuthorization(absl::string_view header, Credentials& credentials);

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_CREDENTIALS_H_
