#ifndef PROVNET_STORAGE_SHA256_H_
#define PROVNET_STORAGE_SHA256_H_

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace provnet {

using Sha256Digest = std::array<uint8_t, 32>;

// Incremental SHA-256 (FIPS 180-4), computed by OpenSSL. Not thread-safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;

  void Update(std::string_view bytes);
  // Call once, last.
  Sha256Digest Finish();

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

Sha256Digest Sha256Of(std::string_view bytes);

// Reads the file in blocks. NOT_FOUND, PERMISSION_DENIED or DATA_LOSS with the path.
absl::StatusOr<Sha256Digest> Sha256OfFile(const std::filesystem::path& path);

// 64 lower-case hexadecimal digits.
std::string ToHex(const Sha256Digest& digest);
// The digest that ToHex gives `hex` for; nothing when there is none.
std::optional<Sha256Digest> FromHex(std::string_view hex);

}  // namespace provnet

#endif  // PROVNET_STORAGE_SHA256_H_
