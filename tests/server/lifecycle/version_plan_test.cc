#include "server/lifecycle/version_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace provnet {
namespace {

using State = VersionView::State;
using ::testing::ElementsAreArray;

constexpr bool kOffered = true;
constexpr bool kDeleted = false;

struct Row {
  const char* name;
  std::vector<VersionView> versions;
  const char* policy;
  std::optional<uint64_t> load;
  std::vector<uint64_t> unload;
};

TEST(VersionPlanTest, Table) {
  const Row rows[] = {
      {"nothing there", {}, "latest:1", {}, {}},
      {"the highest is loaded first", {{1}, {2}, {3}}, "latest:1", 3, {}},
      {"one refused is passed over", {{1}, {2}, {3, State::kPassedOver}}, "latest:1", 2, {}},
      {"a lower one is not loaded beside one that serves",
       {{1}, {2, State::kReady, kOffered, true}},
       "latest:1",
       {},
       {}},
      {"a new one is loaded before the old one goes",
       {{1, State::kReady, kOffered, true}, {2}},
       "latest:1",
       2,
       {}},
      {"the old one goes once the new one is ready",
       {{1, State::kReady, kOffered, true}, {2, State::kReady, kOffered, true}},
       "latest:1",
       {},
       {1}},
      {"a failed one leaves the old one",
       {{1, State::kReady, kOffered, true}, {2, State::kPassedOver}},
       "latest:1",
       {},
       {}},
      {"a deleted one serves until the next lower one does",
       {{1}, {2, State::kReady, kDeleted, true}},
       "latest:1",
       1,
       {}},
      {"and goes then",
       {{1, State::kReady, kOffered, true}, {2, State::kReady, kDeleted, true}},
       "latest:1",
       {},
       {2}},
      {"a deleted one without successor stays",
       {{2, State::kReady, kDeleted, true}},
       "latest:1",
       {},
       {}},
      {"a deleted one whose successor fails stays",
       {{1, State::kPassedOver}, {2, State::kReady, kDeleted, true}},
       "latest:1",
       {},
       {}},
      {"one that was replaced on disk is loaded again",
       {{1, State::kPending, kOffered, true}},
       "latest:1",
       1,
       {}},
      {"two serve at a time, the highest loaded first", {{1}, {2}, {3}}, "latest:2", 3, {}},
      {"then the second", {{1}, {2}, {3, State::kReady, kOffered, true}}, "latest:2", 2, {}},
      {"a third pushes out the lowest, after the load",
       {{1, State::kReady, kOffered, true},
        {2, State::kReady, kOffered, true},
        {3, State::kReady, kOffered, true}},
       "latest:2",
       {},
       {1}},
      {"only certain versions are wanted", {{1}, {2}, {3}}, "specific:1,2", 2, {}},
      {"and no other takes their place",
       {{1, State::kReady, kOffered, true}, {2, State::kPassedOver}, {3}},
       "specific:2",
       {},
       {}},
      {"a labelled version is loaded beside the latest",
       {{1, State::kPending, kOffered, false, true}, {2, State::kReady, kOffered, true}},
       "latest:1",
       1,
       {}},
      {"and stays as long as it is labelled",
       {{1, State::kReady, kOffered, true, true}, {2, State::kReady, kOffered, true}},
       "latest:1",
       {},
       {}},
      {"a label does not make up for a refusal",
       {{1, State::kPassedOver, kOffered, false, true}, {2, State::kReady, kOffered, true}},
       "latest:1",
       {},
       {}},
  };
  for (const Row& row : rows) {
    const VersionPlan plan = PlanVersions(row.versions, *ParseVersionPolicy(row.policy));
    EXPECT_EQ(plan.load, row.load) << row.name;
    EXPECT_THAT(plan.unload, ElementsAreArray(row.unload)) << row.name;
  }
}

}  // namespace
}  // namespace provnet
