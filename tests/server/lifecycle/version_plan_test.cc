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
  size_t count;
  std::optional<uint64_t> load;
  std::vector<uint64_t> unload;
};

TEST(VersionPlanTest, Table) {
  const Row rows[] = {
      {"nothing there", {}, 1, {}, {}},
      {"the highest is loaded first", {{1}, {2}, {3}}, 1, 3, {}},
      {"one refused is passed over", {{1}, {2}, {3, State::kPassedOver}}, 1, 2, {}},
      {"a lower one is not loaded beside one that serves",
       {{1}, {2, State::kReady, kOffered, true}},
       1,
       {},
       {}},
      {"a new one is loaded before the old one goes",
       {{1, State::kReady, kOffered, true}, {2}},
       1,
       2,
       {}},
      {"the old one goes once the new one is ready",
       {{1, State::kReady, kOffered, true}, {2, State::kReady, kOffered, true}},
       1,
       {},
       {1}},
      {"a failed one leaves the old one",
       {{1, State::kReady, kOffered, true}, {2, State::kPassedOver}},
       1,
       {},
       {}},
      {"a deleted one serves until the next lower one does",
       {{1}, {2, State::kReady, kDeleted, true}},
       1,
       1,
       {}},
      {"and goes then",
       {{1, State::kReady, kOffered, true}, {2, State::kReady, kDeleted, true}},
       1,
       {},
       {2}},
      {"a deleted one without successor stays", {{2, State::kReady, kDeleted, true}}, 1, {}, {}},
      {"a deleted one whose successor fails stays",
       {{1, State::kPassedOver}, {2, State::kReady, kDeleted, true}},
       1,
       {},
       {}},
      {"one that was replaced on disk is loaded again",
       {{1, State::kPending, kOffered, true}},
       1,
       1,
       {}},
      {"two serve at a time, the highest loaded first", {{1}, {2}, {3}}, 2, 3, {}},
      {"then the second", {{1}, {2}, {3, State::kReady, kOffered, true}}, 2, 2, {}},
      {"a third pushes out the lowest, after the load",
       {{1, State::kReady, kOffered, true},
        {2, State::kReady, kOffered, true},
        {3, State::kReady, kOffered, true}},
       2,
       {},
       {1}},
  };
  for (const Row& row : rows) {
    const VersionPlan plan = PlanVersions(row.versions, row.count);
    EXPECT_EQ(plan.load, row.load) << row.name;
    EXPECT_THAT(plan.unload, ElementsAreArray(row.unload)) << row.name;
  }
}

}  // namespace
}  // namespace provnet
