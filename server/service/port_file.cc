#include "server/service/port_file.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "storage/base/atomic_file.h"

namespace provnet {

absl::Status WritePortFile(const std::filesystem::path& path, absl::string_view grpc_address,
                           absl::string_view http_address, absl::string_view health_address) {
  std::string lines = absl::StrCat("grpc=", grpc_address, "\nhttp=", http_address, "\n");
  if (!health_address.empty()) absl::StrAppend(&lines, "health=", health_address, "\n");
  return WriteFileAtomically(path, lines);
}

}  // namespace provnet
