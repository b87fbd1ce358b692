#ifndef PROVNET_SERVER_SERVICE_PORT_FILE_H_
#define PROVNET_SERVER_SERVICE_PORT_FILE_H_

#include <filesystem>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace provnet {

// Removes the port file of an earlier server, which would announce ports that are not ours, and
// fails with the path if nothing can be written there: now, not once the models are loaded. An
// empty `path` is none.
absl::Status PreparePortFile(const std::filesystem::path& path);

// Writes the lines "grpc=HOST:PORT", "http=HOST:PORT" and, unless it is empty, "health=HOST:PORT"
// under a temporary name and renames it to `path`, so that whoever waits for the file finds all of
// it. Errors name the path.
absl::Status WritePortFile(const std::filesystem::path& path, absl::string_view grpc_address,
                           absl::string_view http_address, absl::string_view health_address = "");

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_PORT_FILE_H_
