#include "server/service/tls_server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <string>

namespace provnet {
namespace {

// What gRPC asks before each handshake.
class CertificateSource {
 public:
  explicit CertificateSource(const TlsFiles& files) : files_(files) {}

  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config) {
    const TlsFiles::Version version = files_.current();
    if (given_.exchange(version.number) == version.number)
      return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    const TlsMaterials& materials = *version.materials;
    const grpc_ssl_pem_key_cert_pair pair = {materials.private_key.c_str(),
                                             materials.certificate_chain.c_str()};
    // gRPC insists on some authority, even where no client is asked for a certificate: there any
    // will do.
    const std::string& authorities =
        materials.client_ca.empty() ? materials.certificate_chain : materials.client_ca;
    *config = grpc_ssl_server_certificate_config_create(authorities.c_str(), &pair, 1);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  static grpc_ssl_certificate_config_reload_status FetchFrom(
      void* source, grpc_ssl_server_certificate_config** config) {
    return static_cast<CertificateSource*>(source)->Fetch(config);
  }

 private:
  const TlsFiles& files_;
  std::atomic<uint64_t> given_{0};
};

grpc_server_credentials* CreateCredentials(CertificateSource& source, bool client_certificates) {
  return grpc_ssl_server_credentials_create_with_options(
      grpc_ssl_server_credentials_create_options_using_config_fetcher(
          client_certificates ? GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY
                              : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE,
          CertificateSource::FetchFrom, &source));
}

// gRPC's C++ layer has no door to its C layer's fetcher but this: to be a kind of credentials.
class TlsServerCredentials final : public grpc::ServerCredentials {
 public:
  explicit TlsServerCredentials(const TlsFiles& files)
      : source_(files),
        credentials_(CreateCredentials(source_, files.asks_for_client_certificates())) {}
  ~TlsServerCredentials() override { grpc_server_credentials_release(credentials_); }

  void SetAuthMetadataProcessor(const std::shared_ptr<grpc::AuthMetadataProcessor>&) override {}

 private:
  int AddPortToServer(const std::string& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_);
  }

  CertificateSource source_;
  grpc_server_credentials* const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeTlsServerCredentials(const TlsFiles& files) {
  return std::make_shared<TlsServerCredentials>(files);
}

}  // namespace provnet
