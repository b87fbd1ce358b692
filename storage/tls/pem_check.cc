#include "storage/tls/pem_check.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <ctime>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

struct Deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

absl::Status Wrong(absl::string_view what) { return absl::InvalidArgumentError(what); }

// OpenSSL's reason for what it just refused; its error queue is empty then.
std::string Reason() {
  const char* reason = ERR_reason_error_string(ERR_peek_last_error());
  ERR_clear_error();
  return reason == nullptr ? "unknown" : reason;
}

// gRPC takes strings that end at the first zero byte, so what follows one would be left out.
absl::StatusOr<Owned<BIO>> Reader(const std::string& pem, absl::string_view what) {
  if (pem.find('\0') != std::string::npos)
    return Wrong(absl::StrCat(what, " has a zero byte in it, expected PEM"));
  return Owned<BIO>(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
}

// A key with a pass phrase must not make OpenSSL ask for it on the terminal.
int NoPassPhrase(char*, int, int, void*) { return -1; }

absl::StatusOr<std::vector<Owned<X509>>> ReadCertificates(const std::string& pem,
                                                          absl::string_view what) {
  PROVNET_ASSIGN_OR_RETURN(const Owned<BIO> bio, Reader(pem, what));
  std::vector<Owned<X509>> certificates;
  while (Owned<X509> next{PEM_read_bio_X509(bio.get(), nullptr, NoPassPhrase, nullptr)})
    certificates.push_back(std::move(next));
  // Reading ends with "no start line" where nothing is left, with another error in the middle.
  const unsigned long error = ERR_peek_last_error();
  const bool at_end =
      ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
  ERR_clear_error();
  if (!certificates.empty() && at_end) return certificates;
  return Wrong(absl::StrCat(what, ": certificate ", certificates.size() + 1,
                            " of it can't be read, expected PEM, -----BEGIN CERTIFICATE-----"));
}

absl::StatusOr<Owned<EVP_PKEY>> ReadKey(const std::string& pem) {
  PROVNET_ASSIGN_OR_RETURN(const Owned<BIO> bio, Reader(pem, "the private key"));
  Owned<EVP_PKEY> key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassPhrase, nullptr));
  ERR_clear_error();
  if (key != nullptr) return key;
  return Wrong("the private key can't be read, expected PEM without a pass phrase");
}

absl::Time ToTime(const ASN1_TIME* time) {
  std::tm fields = {};
  if (ASN1_TIME_to_tm(time, &fields) != 1) return absl::InfinitePast();
  return absl::FromTimeT(timegm(&fields));
}

std::string Text(absl::Time time) {
  return absl::FormatTime("%Y-%m-%d %H:%M:%S UTC", time, absl::UTCTimeZone());
}

// When the first of them expires.
absl::Time FirstExpiry(const std::vector<Owned<X509>>& certificates) {
  absl::Time first = absl::InfiniteFuture();
  for (const Owned<X509>& certificate : certificates)
    first = std::min(first, ToTime(X509_get0_notAfter(certificate.get())));
  return first;
}

absl::Status CheckValidity(const std::vector<Owned<X509>>& chain, absl::Time now) {
  if (const absl::Time expiry = FirstExpiry(chain); expiry <= now)
    return Wrong(absl::StrCat("the certificate or one of its chain expired at ", Text(expiry)));
  for (const Owned<X509>& certificate : chain) {
    const absl::Time start = ToTime(X509_get0_notBefore(certificate.get()));
    if (start > now)
      return Wrong(absl::StrCat("the certificate is not valid before ", Text(start)));
  }
  return absl::OkStatus();
}

// Whether OpenSSL, and so gRPC, takes the two for TLS.
absl::Status TryContext(X509& certificate, EVP_PKEY& key) {
  if (X509_check_private_key(&certificate, &key) != 1) {
    ERR_clear_error();
    return Wrong("the private key is not the certificate's");
  }
  const Owned<SSL_CTX> context(SSL_CTX_new(TLS_method()));
  if (context == nullptr) return absl::InternalError(absl::StrCat("no TLS: ", Reason()));
  if (SSL_CTX_use_certificate(context.get(), &certificate) != 1)
    return Wrong(absl::StrCat("the certificate is refused: ", Reason()));
  if (SSL_CTX_use_PrivateKey(context.get(), &key) != 1)
    return Wrong(absl::StrCat("the private key is refused: ", Reason()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<absl::Time> CheckCertificateAndKey(const std::string& chain, const std::string& key,
                                                  absl::Time now) {
  ERR_clear_error();
  PROVNET_ASSIGN_OR_RETURN(const auto certificates, ReadCertificates(chain, "the certificate"));
  PROVNET_RETURN_IF_ERROR(CheckValidity(certificates, now));
  PROVNET_ASSIGN_OR_RETURN(const Owned<EVP_PKEY> private_key, ReadKey(key));
  PROVNET_RETURN_IF_ERROR(TryContext(*certificates.front(), *private_key));
  return FirstExpiry(certificates);
}

absl::StatusOr<absl::Time> CheckAuthorities(const std::string& pem, absl::string_view what) {
  ERR_clear_error();
  PROVNET_ASSIGN_OR_RETURN(const auto authorities, ReadCertificates(pem, what));
  return FirstExpiry(authorities);
}

}  // namespace provnet
