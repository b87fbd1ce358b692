#include "server/security/tls_materials.h"

#include "storage/base/status_macros.h"
#include "storage/tls/pem_check.h"

namespace provnet {

absl::StatusOr<TlsExpiry> CheckTlsMaterials(const TlsMaterials& materials, absl::Time now) {
  TlsExpiry expiry;
  PROVNET_ASSIGN_OR_RETURN(expiry.server, CheckCertificateAndKey(materials.certificate_chain,
                                                                 materials.private_key, now));
  if (!materials.client_ca.empty()) {
    PROVNET_ASSIGN_OR_RETURN(expiry.client_ca,
                             CheckAuthorities(materials.client_ca, "the client CA"));
  }
  return expiry;
}

}  // namespace provnet
