#include "server/service/port_file.h"

#include "absl/strings/str_cat.h"
#include "storage/atomic_file.h"

namespace provnet {

absl::Status WritePortFile(const std::filesystem::path& path, absl::string_view grpc_address,
                           absl::string_view http_address) {
  return WriteFileAtomically(path,
                             absl::StrCat("grpc=", grpc_address, "\nhttp=", http_address, "\n"));
}

}  // namespace provnet
