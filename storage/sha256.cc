#include "storage/sha256.h"

#include <openssl/evp.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/strings/escaping.h"
#include "storage/base/background_pace.h"
#include "storage/base/file_io.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr size_t kReadBlockBytes = size_t{1} << 18;

// OpenSSL's SHA-256 fails only when memory runs out or the library is broken: there is no way on.
void RequireOpenSsl(int result) {
  if (result == 1) return;
  std::fputs("OpenSSL failed to compute a SHA-256 digest\n", stderr);
  std::abort();
}

// Of a hexadecimal digit in lower case. Abseil's own decoder has changed its signature over the
// releases that we build with.
int HexValue(char digit) { return digit <= '9' ? digit - '0' : digit - 'a' + 10; }

}  // namespace

struct Sha256::Context {
  Context() : evp(EVP_MD_CTX_new()) {
    RequireOpenSsl(evp != nullptr ? 1 : 0);
    RequireOpenSsl(EVP_DigestInit_ex(evp, EVP_sha256(), nullptr));
  }
  ~Context() { EVP_MD_CTX_free(evp); }
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  EVP_MD_CTX* evp;
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {}
Sha256::~Sha256() = default;
Sha256::Sha256(Sha256&&) noexcept = default;
Sha256& Sha256::operator=(Sha256&&) noexcept = default;

void Sha256::Update(std::string_view bytes) {
  RequireOpenSsl(EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()));
}

Sha256Digest Sha256::Finish() {
  Sha256Digest digest;
  RequireOpenSsl(EVP_DigestFinal_ex(context_->evp, digest.data(), nullptr));
  return digest;
}

Sha256Digest Sha256Of(std::string_view bytes) {
  Sha256 sha256;
  sha256.Update(bytes);
  return sha256.Finish();
}

absl::StatusOr<Sha256Digest> Sha256OfFile(const std::filesystem::path& path) {
  PROVNET_ASSIGN_OR_RETURN(const FileDescriptor file, OpenForReading(path));
  Sha256 sha256;
  std::vector<char> block(kReadBlockBytes);
  while (true) {
    const ssize_t count = ::read(file.get(), block.data(), block.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return ErrnoToStatus(errno, "read", path);
    if (count == 0) return sha256.Finish();
    sha256.Update(std::string_view(block.data(), static_cast<size_t>(count)));
    YieldToForeground();
  }
}

std::string ToHex(const Sha256Digest& digest) {
  constexpr char kDigits[] = "0123456789abcdef";
  std::string hex;
  hex.reserve(2 * digest.size());
  for (const uint8_t byte : digest) {
    hex.push_back(kDigits[byte >> 4]);
    hex.push_back(kDigits[byte & 0xf]);
  }
  return hex;
}

std::optional<Sha256Digest> FromHex(std::string_view hex) {
  Sha256Digest digest;
  if (hex.size() != 2 * digest.size() ||
      hex.find_first_not_of("0123456789abcdef") != std::string_view::npos) {
    return std::nullopt;
  }
  for (size_t i = 0; i < digest.size(); ++i)
    digest[i] = static_cast<uint8_t>(HexValue(hex[2 * i]) << 4 | HexValue(hex[2 * i + 1]));
  return digest;
}

}  // namespace provnet
