#include "trainer/distributed/environment.h"

#include <array>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr std::array<const char*, 4> kVariables = {"MASTER_ADDR", "MASTER_PORT", "RANK",
                                                   "WORLD_SIZE"};
constexpr uint32_t kMaxRanks = 1024;

absl::Status CheckAllSet(const Environment& environment) {
  std::vector<const char*> present, missing;
  for (const char* name : kVariables) {
    (environment(name) != nullptr ? present : missing).push_back(name);
  }
  if (missing.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(
      absl::StrJoin(present, ", "), present.size() == 1 ? " is" : " are", " set, but not ",
      absl::StrJoin(missing, ", "), ": expected all of ", absl::StrJoin(kVariables, ", "),
      " to train together with other processes, or none"));
}

// `says` completes "expected ...".
absl::StatusOr<uint32_t> ReadNumber(const Environment& environment, const char* name, uint32_t low,
                                    uint32_t high, absl::string_view says) {
  const char* text = environment(name);
  uint32_t value = 0;
  if (absl::SimpleAtoi(text, &value) && value >= low && value <= high) return value;
  return absl::InvalidArgumentError(
      absl::StrCat(name, "=", text, " makes no sense: expected ", says));
}

}  // namespace

absl::StatusOr<std::optional<WorldAddress>> ReadWorldAddress(const Environment& environment) {
  bool any = false;
  for (const char* name : kVariables) any = any || environment(name) != nullptr;
  if (!any) return std::nullopt;
  PROVNET_RETURN_IF_ERROR(CheckAllSet(environment));
  WorldAddress address;
  address.host = environment("MASTER_ADDR");
  if (address.host.empty()) {
    return absl::InvalidArgumentError(
        "MASTER_ADDR is empty: expected the name or address of the machine of rank 0");
  }
  PROVNET_ASSIGN_OR_RETURN(const uint32_t port,
                           ReadNumber(environment, "MASTER_PORT", 1, 65535, "a port, 1 to 65535"));
  address.port = static_cast<uint16_t>(port);
  PROVNET_ASSIGN_OR_RETURN(address.who.ranks,
                           ReadNumber(environment, "WORLD_SIZE", 1, kMaxRanks,
                                      absl::StrCat("the number of processes, 1 to ", kMaxRanks)));
  PROVNET_ASSIGN_OR_RETURN(
      address.who.rank,
      ReadNumber(environment, "RANK", 0, address.who.ranks - 1,
                 absl::StrCat("the number of this process, 0 to ", address.who.ranks - 1,
                              ", since WORLD_SIZE=", address.who.ranks)));
  return address;
}

absl::StatusOr<std::optional<uint32_t>> ReadLocalRank(const Environment& environment) {
  constexpr char kLocalRank[] = "LOCAL_RANK";
  if (environment(kLocalRank) == nullptr) return std::nullopt;
  PROVNET_ASSIGN_OR_RETURN(
      const uint32_t rank,
      ReadNumber(environment, kLocalRank, 0, kMaxRanks - 1,
                 absl::StrCat("the number of this process on its machine, 0 to ", kMaxRanks - 1)));
  return rank;
}

}  // namespace provnet
