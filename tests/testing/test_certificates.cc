#include "tests/testing/test_certificates.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <atomic>

namespace provnet {
namespace {

struct Deleter {
  void operator()(BIO* bio) const { BIO_free(bio); }
  void operator()(X509* certificate) const { X509_free(certificate); }
  void operator()(X509_NAME* name) const { X509_NAME_free(name); }
  void operator()(X509_EXTENSION* extension) const { X509_EXTENSION_free(extension); }
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
template <typename T>
using Owned = std::unique_ptr<T, Deleter>;

std::string Text(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

std::string Pem(X509& certificate) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), &certificate);
  return Text(bio.get());
}

std::string Pem(EVP_PKEY& key) {
  const Owned<BIO> bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), &key, nullptr, nullptr, 0, nullptr, nullptr);
  return Text(bio.get());
}

Owned<X509_NAME> Name(const std::string& common_name) {
  Owned<X509_NAME> name(X509_NAME_new());
  X509_NAME_add_entry_by_txt(name.get(), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(common_name.c_str()), -1, -1,
                             0);
  return name;
}

void Extend(X509& certificate, int nid, const std::string& value) {
  const Owned<X509_EXTENSION> extension(X509V3_EXT_conf_nid(nullptr, nullptr, nid, value.c_str()));
  X509_add_ext(&certificate, extension.get(), -1);
}

// All but the extensions and the signature.
Owned<X509> Draft(const std::string& subject, const std::string& issuer, EVP_PKEY& key,
                  long valid_seconds, long valid_from_seconds = -3600) {
  static std::atomic<long> serial{1};
  Owned<X509> certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), valid_from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), valid_seconds);
  X509_set_subject_name(certificate.get(), Name(subject).get());
  X509_set_issuer_name(certificate.get(), Name(issuer).get());
  X509_set_pubkey(certificate.get(), &key);
  return certificate;
}

}  // namespace

struct TestAuthority::Key {
  Owned<EVP_PKEY> key{EVP_EC_gen("P-256")};
};

TestAuthority::TestAuthority(const std::string& common_name)
    : key_(std::make_unique<Key>()), name_(common_name) {
  const Owned<X509> certificate = Draft(name_, name_, *key_->key, 24 * 3600);
  Extend(*certificate, NID_basic_constraints, "critical,CA:TRUE");
  Extend(*certificate, NID_key_usage, "critical,keyCertSign,cRLSign");
  X509_sign(certificate.get(), key_->key.get(), EVP_sha256());
  certificate_ = Pem(*certificate);
}

TestAuthority::~TestAuthority() = default;

TestCertificate TestAuthority::Issue(const std::string& common_name,
                                     const std::string& alternative_names, long valid_seconds,
                                     long valid_from_seconds) const {
  const Owned<EVP_PKEY> key(EVP_EC_gen("P-256"));
  const Owned<X509> certificate =
      Draft(common_name, name_, *key, valid_seconds, valid_from_seconds);
  if (!alternative_names.empty()) Extend(*certificate, NID_subject_alt_name, alternative_names);
  X509_sign(certificate.get(), key_->key.get(), EVP_sha256());
  return {Pem(*certificate), Pem(*key)};
}

}  // namespace provnet
