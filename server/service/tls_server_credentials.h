#ifndef PROVNET_SERVER_SERVICE_TLS_SERVER_CREDENTIALS_H_
#define PROVNET_SERVER_SERVICE_TLS_SERVER_CREDENTIALS_H_

#include <grpcpp/security/server_credentials.h>

#include <memory>

#include "server/security/tls_files.h"

namespace provnet {

// TLS with whatever `files` has at the time of each handshake; connections that are there keep what
// they began with. Where the files have a client CA, clients must show a certificate of it.
//
// gRPC's own reloading providers take a pair that does not match into use and then refuse
// everybody; here only what TlsFiles has checked gets that far. `files` outlives every server that
// has these.
std::shared_ptr<grpc::ServerCredentials> MakeTlsServerCredentials(const TlsFiles& files);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_TLS_SERVER_CREDENTIALS_H_
