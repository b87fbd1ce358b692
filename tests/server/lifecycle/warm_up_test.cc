#include "server/lifecycle/warm_up.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <thread>

#include "tests/server/lifecycle/fake_models.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Remembers which threads asked, and answers or fails. Thread-safe.
class AskedServable final : public Servable {
 public:
  explicit AskedServable(absl::Status status = absl::OkStatus()) : status_(std::move(status)) {}

  const v1::BundleManifest& manifest() const override { return fake_.manifest(); }
  const SampleStore& samples() const override { return fake_.samples(); }
  const std::string& device() const override { return fake_.device(); }
  const std::string& index_precision() const override { return fake_.index_precision(); }
  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const> queries) const override {
    const MutexLock lock(mutex_);
    threads_.insert(std::this_thread::get_id());
    auto answers = fake_.Explain(queries);
    if (!status_.ok()) answers->back() = status_;
    return answers;
  }
  std::set<std::thread::id> threads() const {
    const MutexLock lock(mutex_);
    return threads_;
  }
  std::vector<size_t> batch_sizes() const { return fake_.batch_sizes(); }

 private:
  const absl::Status status_;
  const FakeServable fake_{FakeServable::Options()};
  mutable Mutex mutex_;
  mutable std::set<std::thread::id> threads_ ABSL_GUARDED_BY(mutex_);
};

TEST(WarmUpTest, RunsGrowingBatchesUpToTheLargest) {
  const AskedServable servable;
  ASSERT_THAT(WarmUp(servable, 10), IsOk());
  EXPECT_THAT(servable.batch_sizes(), ElementsAre(1, 2, 4, 8, 10));
}

TEST(WarmUpTest, EveryExecutorIsWarmBeforeTheWaitEnds) {
  const AskedServable servable;
  NullBatchProbe probe;
  BatchQueue::Options options;
  options.executors = 3;
  const auto await = WarmUpExecutors(servable, options);
  const auto queue = BatchQueue::Create(
      options, [](auto) {}, Clock::Steady(), probe);
  ASSERT_TRUE(queue.ok());
  ASSERT_THAT(await(), IsOk());
  EXPECT_EQ(servable.threads().size(), 3);
  EXPECT_EQ(servable.threads().count(std::this_thread::get_id()), 0);
}

TEST(WarmUpTest, AFailedAnswerIsTheOutcome) {
  const AskedServable servable(absl::InternalError("not finite"));
  NullBatchProbe probe;
  BatchQueue::Options options;
  options.executors = 2;
  const auto await = WarmUpExecutors(servable, options);
  const auto queue = BatchQueue::Create(
      options, [](auto) {}, Clock::Steady(), probe);
  EXPECT_THAT(await(), StatusIs(absl::StatusCode::kInternal, HasSubstr("not finite")));
}

}  // namespace
}  // namespace provnet
