#ifndef PROVNET_SERVER_SECURITY_TLS_FILES_H_
#define PROVNET_SERVER_SECURITY_TLS_FILES_H_

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/security/security_probe.h"
#include "server/security/tls_materials.h"
#include "server/security/watched_files.h"
#include "storage/base/mutex.h"

namespace provnet {

// The server's certificate, key and client CA, taken from files that are watched. A change that
// does not pass CheckTlsMaterials leaves the old ones in use. Thread-safe.
class TlsFiles {
 public:
  struct Options {
    std::filesystem::path certificate;
    std::filesystem::path key;
    // May be empty: clients then need no certificate.
    std::filesystem::path client_ca;
    absl::Duration reload_interval = absl::Seconds(2);
  };

  // The materials, and a number that tells them from those before, from 1.
  struct Version {
    std::shared_ptr<const TlsMaterials> materials;
    uint64_t number = 0;
  };

  // INVALID_ARGUMENT and file errors name the file. `probe` outlives this.
  static absl::StatusOr<std::unique_ptr<TlsFiles>> Open(const Options& options,
                                                        SecurityProbe& probe);

  // Those in use now.
  Version current() const {
    const MutexLock lock(mutex_);
    return current_;
  }

  bool asks_for_client_certificates() const { return !options_.client_ca.empty(); }

  // Looks at the files now.
  void Poll() { files_->Poll(); }

 private:
  TlsFiles(Options options, SecurityProbe& probe) : options_(std::move(options)), probe_(probe) {}

  absl::Status Load(const std::vector<std::string>& contents);

  const Options options_;
  SecurityProbe& probe_;
  mutable Mutex mutex_;
  Version current_ ABSL_GUARDED_BY(mutex_);
  // Last: its thread uses the others.
  std::unique_ptr<WatchedFiles> files_;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SECURITY_TLS_FILES_H_
