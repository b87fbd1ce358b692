#include "server/security/tls_files.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/base/status_macros.h"
#include "storage/base/status_prefix.h"

namespace provnet {

absl::StatusOr<std::unique_ptr<TlsFiles>> TlsFiles::Open(const Options& options,
                                                         SecurityProbe& probe) {
  std::unique_ptr<TlsFiles> tls(new TlsFiles(options, probe));
  WatchedFiles::Options files{
      "certificates", {options.certificate, options.key}, options.reload_interval};
  if (!options.client_ca.empty()) files.files.push_back(options.client_ca);
  PROVNET_ASSIGN_OR_RETURN(
      tls->files_,
      WatchedFiles::Open(
          std::move(files), [raw = tls.get()](const auto& contents) { return raw->Load(contents); },
          probe));
  return tls;
}

absl::Status TlsFiles::Load(const std::vector<std::string>& contents) {
  auto materials = std::make_shared<TlsMaterials>();
  materials->certificate_chain = contents[0];
  materials->private_key = contents[1];
  if (contents.size() > 2) {
    materials->client_ca = contents[2];
    // Empty would mean that clients need no certificate.
    if (contents[2].empty()) {
      return absl::InvalidArgumentError(
          absl::StrCat(options_.client_ca.string(), ": the client CA is empty"));
    }
  }
  const auto expiry = CheckTlsMaterials(*materials, absl::Now());
  if (!expiry.ok()) {
    return WithPrefix(
        absl::StrCat(options_.certificate.string(), " with ", options_.key.string(),
                     options_.client_ca.empty() ? "" : " and ", options_.client_ca.string()),
        expiry.status());
  }
  probe_.CertificateExpires("server", expiry->server);
  if (!options_.client_ca.empty()) probe_.CertificateExpires("client CA", expiry->client_ca);
  const MutexLock lock(mutex_);
  current_ = {std::move(materials), current_.number + 1};
  return absl::OkStatus();
}

}  // namespace provnet
