// Batches that fail as a whole.
#include "server/service/explain_task.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/testing/fake_clock.h"
#include "tests/testing/fake_servable.h"

namespace provnet {
namespace {

using testing::ElementsAre;
using testing::Pair;

class ExplainBatchTest : public testing::Test {
 protected:
  // A task of class `class_id`; its outcome goes into outcomes_.
  void Add(uint32_t class_id, absl::Duration deadline = absl::InfiniteDuration()) {
    ExplainQuery query;
    query.input.assign(model_.input_size(), 0);
    query.input[0] = static_cast<float>(class_id) / 10;
    batch_.push_back(std::make_unique<ExplainTask>(
        std::move(query), token_, deadline, Priority::kNormal,
        [this, number = batch_.size()](absl::StatusOr<Explanation> result) {
          outcomes_[number] = result.status();
          if (result.ok()) classes_[number] = result->class_id;
        }));
  }
  void Run() {
    const size_t size = batch_.size();
    RunExplainBatch(model_, std::move(batch_), clock_);
    ASSERT_EQ(outcomes_.size(), size);
  }
  std::vector<size_t> Failed() const {
    std::vector<size_t> failed;
    for (const auto& [number, status] : outcomes_) {
      if (!status.ok()) failed.push_back(number);
    }
    return failed;
  }

  FakeServable model_{FakeServable::Options()};
  FakeClock clock_;
  CancelToken token_;
  std::vector<std::unique_ptr<BatchTask>> batch_;
  std::map<size_t, absl::Status> outcomes_;
  std::map<size_t, uint32_t> classes_;
};

TEST_F(ExplainBatchTest, AGoodBatchRunsOnce) {
  for (uint32_t i = 0; i < 8; ++i) Add(i);
  Run();
  EXPECT_THAT(Failed(), ElementsAre());
  EXPECT_THAT(model_.batch_sizes(), ElementsAre(8));
}

TEST_F(ExplainBatchTest, APoisonedInputFailsAloneWhereverItStands) {
  for (size_t at = 0; at < 64; ++at) {
    outcomes_.clear();
    model_.Poison({7});
    const size_t before = model_.batch_sizes().size();
    for (size_t i = 0; i < 64; ++i) Add(i == at ? 7 : 3);
    Run();
    EXPECT_THAT(Failed(), ElementsAre(at));
    EXPECT_EQ(outcomes_[at].code(), absl::StatusCode::kInternal);
    // The whole and twice as many parts as halvings.
    EXPECT_EQ(model_.batch_sizes().size() - before, 1U + 2 * 6);
  }
}

TEST_F(ExplainBatchTest, EachMateGetsItsOwnAnswer) {
  model_.Poison({5});
  for (uint32_t i = 0; i < 10; ++i) Add(i);
  Run();
  EXPECT_THAT(Failed(), ElementsAre(5));
  for (const auto& [number, class_id] : classes_) EXPECT_EQ(class_id, number);
}

TEST_F(ExplainBatchTest, SeveralPoisonedInputsFailAlone) {
  model_.Poison({2, 9});
  for (uint32_t i = 0; i < 30; ++i) Add(i % 10);
  Run();
  EXPECT_THAT(Failed(), ElementsAre(2, 9, 12, 19, 22, 29));
}

TEST_F(ExplainBatchTest, AnEngineThatFailsOnEverythingIsFoundOut) {
  model_.Poison({1});
  for (int i = 0; i < 64; ++i) Add(1);
  Run();
  EXPECT_EQ(Failed().size(), 64U);
  // Dividing all of them would take 127 runs.
  EXPECT_LE(model_.batch_sizes().size(), 24U);
}

TEST_F(ExplainBatchTest, WhoHasGoneMeanwhileIsNotRunAgain) {
  model_.Poison({1});
  Add(1);
  Add(2);
  Add(3, clock_.Monotonic());
  Add(4);
  Run();
  EXPECT_THAT(Failed(), ElementsAre(0, 2));
  EXPECT_EQ(outcomes_[2].code(), absl::StatusCode::kDeadlineExceeded);
  EXPECT_THAT(model_.batch_sizes(), ElementsAre(4, 2, 1, 1, 1));
}

}  // namespace
}  // namespace provnet
