#include "server/service/port_file.h"

#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace provnet {

absl::Status WritePortFile(const std::filesystem::path& path, absl::string_view grpc_address,
                           absl::string_view http_address) {
  std::filesystem::path temporary = path;
  temporary += absl::StrCat(".", getpid(), ".tmp");
  {
    std::ofstream file(temporary, std::ios::trunc);
    file << "grpc=" << grpc_address << "\nhttp=" << http_address << "\n";
    file.close();
    if (!file) {
      return absl::ErrnoToStatus(errno, absl::StrCat("cannot write ", temporary.string()));
    }
  }
  std::error_code error;
  std::filesystem::rename(temporary, path, error);
  if (!error) return absl::OkStatus();
  std::error_code ignored;
  std::filesystem::remove(temporary, ignored);
  return absl::ErrnoToStatus(
      error.value(), absl::StrCat("cannot rename ", temporary.string(), " to ", path.string()));
}

}  // namespace provnet
