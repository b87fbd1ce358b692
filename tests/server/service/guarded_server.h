#ifndef PROVNET_TESTS_SERVER_SERVICE_GUARDED_SERVER_H_
#define PROVNET_TESTS_SERVER_SERVICE_GUARDED_SERVER_H_

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/security/access_control.h"
#include "storage/base/atomic_file.h"
#include "storage/sha256.h"
#include "tests/server/security/recording_probe.h"
#include "tests/server/service/test_server.h"
#include "tests/testing/temp_dir.h"

namespace provnet {

// A policy and its tokens in files, with the AccessControl that reads them.
class AccessFiles {
 public:
  // `policy` is the file's JSON; `roles_of` are pairs of a token, whose principal has the name
  // "p-TOKEN", and the name of its role.
  AccessFiles(const std::string& policy,
              const std::vector<std::pair<std::string, std::string>>& roles_of,
              bool enforces_budgets = false) {
    WritePolicy(policy);
    WriteTokens(roles_of);
    auto control = AccessControl::Open(
        {folder_ / "policy.json", folder_ / "tokens.json", absl::ZeroDuration(), enforces_budgets},
        probe_);
    EXPECT_TRUE(control.ok()) << control.status();
    control_ = *std::move(control);
  }

  void WritePolicy(const std::string& policy) {
    EXPECT_TRUE(WriteFileAtomically(folder_ / "policy.json", policy).ok());
  }
  void WriteTokens(const std::vector<std::pair<std::string, std::string>>& roles_of) {
    std::string json;
    for (const auto& [token, role] : roles_of) {
      absl::StrAppend(&json, json.empty() ? "" : ",", R"({"name": "p-)", token, R"(", "sha256": ")",
                      ToHex(Sha256Of(token)), R"(", "roles": [")", role, R"("]})");
    }
    EXPECT_TRUE(
        WriteFileAtomically(folder_ / "tokens.json", absl::StrCat("{\"tokens\": [", json, "]}"))
            .ok());
  }

  AccessControl& control() const { return *control_; }
  const TempDir& folder() const { return folder_; }

 private:
  TempDir folder_;
  RecordingProbe probe_;
  std::unique_ptr<AccessControl> control_;
};

// A call's context with a bearer token, none when it is empty, and a deadline that only a hanging
// test meets.
class TokenContext : public grpc::ClientContext {
 public:
  explicit TokenContext(const std::string& token) {
    set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    if (!token.empty()) AddMetadata("authorization", absl::StrCat("Bearer ", token));
  }
};

// Scores 0 .. 198 of non-members, and two members.
inline v1::MembershipCalibration SomeCalibration() {
  v1::MembershipCalibration calibration;
  calibration.set_reference_name("images outside the subset");
  calibration.set_reference_source("idx:/data/digits");
  calibration.set_statistic(v1::MEMBERSHIP_STATISTIC_MARGIN);
  for (auto* scores : {calibration.mutable_with_label(), calibration.mutable_without_label()}) {
    for (int i = 0; i < 199; ++i) scores->add_non_member(static_cast<float>(i));
    scores->add_member(150);
    scores->add_member(250);
  }
  return calibration;
}

}  // namespace provnet

#endif  // PROVNET_TESTS_SERVER_SERVICE_GUARDED_SERVER_H_
