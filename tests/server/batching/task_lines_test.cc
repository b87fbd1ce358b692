#include "server/batching/task_lines.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace provnet {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using Choice = TaskLines::Choice;

constexpr absl::Duration Ms(int64_t ms) { return absl::Milliseconds(ms); }
constexpr Priority kHigh = Priority::kHigh;
constexpr Priority kNormal = Priority::kNormal;
constexpr Priority kLow = Priority::kLow;

class NumberedTask final : public BatchTask {
 public:
  NumberedTask(int number, Priority priority, absl::Duration deadline)
      : number_(number), priority_(priority), deadline_(deadline) {}
  void Reject(absl::Status) override {}
  bool cancelled() const override { return false; }
  absl::Duration deadline() const override { return deadline_; }
  Priority priority() const override { return priority_; }
  int number() const { return number_; }

 private:
  const int number_;
  const Priority priority_;
  const absl::Duration deadline_;
};

int NumberOf(const BatchTask& task) { return static_cast<const NumberedTask&>(task).number(); }

void Push(TaskLines& lines, int number, Priority priority, int64_t arrival_ms,
          absl::Duration deadline = absl::InfiniteDuration()) {
  lines.Push({std::make_unique<NumberedTask>(number, priority, deadline), Ms(arrival_ms)});
}

std::vector<int> Order(const TaskLines& lines) {
  std::vector<int> order;
  lines.Visit([&order](const BatchTask& task) {
    order.push_back(NumberOf(task));
    return true;
  });
  return order;
}

TEST(TaskLinesTest, OnePriorityIsFirstComeFirstServed) {
  TaskLines lines(Ms(100));
  for (int i = 0; i < 4; ++i) Push(lines, i, kNormal, i);
  EXPECT_THAT(Order(lines), ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(lines.size(), 4U);
}

TEST(TaskLinesTest, AStepInPriorityIsAHeadStart) {
  TaskLines lines(Ms(100));
  Push(lines, 1, kLow, 0);
  Push(lines, 2, kNormal, 100);  // Ranks with the low one, and ties go to the higher priority.
  Push(lines, 3, kNormal, 101);
  Push(lines, 4, kHigh, 200);
  Push(lines, 5, kHigh, 202);
  EXPECT_THAT(Order(lines), ElementsAre(4, 2, 1, 3, 5));
}

TEST(TaskLinesTest, NothingStarvesHoweverManyComeAfterIt) {
  TaskLines lines(Ms(100));
  Push(lines, 0, kLow, 0);
  for (int i = 1; i <= 1000; ++i) Push(lines, i, kHigh, i);
  const std::vector<int> order = Order(lines);
  EXPECT_EQ(std::find(order.begin(), order.end(), 0) - order.begin(), 200);
}

TEST(TaskLinesTest, AheadIsThePlaceThatATaskGets) {
  std::mt19937 random(1);
  std::uniform_int_distribution<int> priority(0, 2), gap(0, 60);
  TaskLines lines(Ms(100));
  int64_t now = 0;
  for (int i = 0; i < 300; ++i) {
    const auto mine = static_cast<Priority>(priority(random));
    now += gap(random);
    const size_t ahead = lines.Ahead(mine, Ms(now));
    Push(lines, i, mine, now);
    const std::vector<int> order = Order(lines);
    ASSERT_EQ(order[ahead], i);
  }
}

TEST(TaskLinesTest, TakesWhatIsChosenAndKeepsTheOrderOfTheRest) {
  TaskLines lines(Ms(100));
  for (int i = 0; i < 6; ++i) Push(lines, i, i % 2 == 0 ? kNormal : kHigh, 0);
  ASSERT_THAT(Order(lines), ElementsAre(1, 3, 5, 0, 2, 4));
  const std::vector<WaitingTask> taken = lines.Take([](const BatchTask& task) {
    if (NumberOf(task) == 2) return Choice::kStop;
    return NumberOf(task) == 3 ? Choice::kLeave : Choice::kTake;
  });
  std::vector<int> numbers;
  for (const WaitingTask& waiting : taken) numbers.push_back(NumberOf(*waiting.task));
  EXPECT_THAT(numbers, ElementsAre(1, 5, 0));
  EXPECT_THAT(Order(lines), ElementsAre(3, 2, 4));
  EXPECT_THAT(lines.Take([](const BatchTask&) { return Choice::kStop; }), IsEmpty());
  EXPECT_EQ(lines.size(), 3U);
}

TEST(TaskLinesTest, TheLastOfTheLowestMakesWay) {
  TaskLines lines(Ms(100));
  Push(lines, 1, kNormal, 0);
  Push(lines, 2, kLow, 1);
  Push(lines, 3, kLow, 2);
  EXPECT_EQ(lines.TakeLastBelow(kLow).task, nullptr);
  EXPECT_EQ(NumberOf(*lines.TakeLastBelow(kNormal).task), 3);
  EXPECT_EQ(NumberOf(*lines.TakeLastBelow(kNormal).task), 2);
  EXPECT_EQ(lines.TakeLastBelow(kNormal).task, nullptr);
  EXPECT_EQ(NumberOf(*lines.TakeLastBelow(kHigh).task), 1);
  EXPECT_TRUE(lines.empty());
}

TEST(TaskLinesTest, KnowsItsOldestAndItsMostUrgent) {
  TaskLines lines(Ms(100));
  EXPECT_EQ(lines.OldestArrival(), absl::InfiniteDuration());
  EXPECT_EQ(lines.EarliestDeadline(), absl::InfiniteDuration());
  Push(lines, 1, kLow, 3, Ms(900));
  Push(lines, 2, kHigh, 4, Ms(80));
  Push(lines, 3, kHigh, 5);
  EXPECT_EQ(lines.OldestArrival(), Ms(3));
  EXPECT_EQ(lines.EarliestDeadline(), Ms(80));
}

}  // namespace
}  // namespace provnet
