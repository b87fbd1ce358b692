#include "server/service/request_id.h"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <random>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"

namespace provnet {
namespace {

constexpr size_t kMaxLength = 128;

bool IsUsable(absl::string_view id) {
  if (id.empty() || id.size() > kMaxLength) return false;
  return std::all_of(id.begin(), id.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) ||
           absl::string_view("._:/+=-").find(c) != absl::string_view::npos;
  });
}

std::string FreshId() {
  static const uint32_t process = std::random_device()();
  static std::atomic<uint64_t> next{1};
  return absl::StrFormat("%08x-%06x", process, next.fetch_add(1, std::memory_order_relaxed));
}

}  // namespace

std::string ChooseRequestId(absl::string_view offered) {
  return IsUsable(offered) ? std::string(offered) : FreshId();
}

}  // namespace provnet
