#ifndef PROVNET_SERVER_SERVICE_PORT_FILE_H_
#define PROVNET_SERVER_SERVICE_PORT_FILE_H_

#include <filesystem>

#include "absl/status/status.h"

namespace provnet {

// Writes the lines "grpc=PORT" and "http=PORT" under a temporary name and renames it to `path`, so
// that whoever waits for the file finds all of it. Errors name the path.
absl::Status WritePortFile(const std::filesystem::path& path, int grpc_port, int http_port);

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_PORT_FILE_H_
