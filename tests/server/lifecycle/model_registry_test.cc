#include "server/lifecycle/model_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <thread>

#include "tests/server/lifecycle/fake_models.h"
#include "tests/testing/status_matchers.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using State = ModelReport::State;

ModelReport Available(const std::string& model, uint64_t version) {
  return {{model, version, ""}, State::kAvailable, MakeServedModel(model, version)};
}

uint64_t VersionOf(const absl::StatusOr<ServedModelHandle>& found) {
  return found.ok() ? (*found)->handle->manifest().version() : 0;
}

TEST(ModelRegistryTest, FindsTheHighestAvailableVersionOrTheOneThatIsNamed) {
  ModelRegistry registry;
  registry.Publish({Available("a", 9),
                    Available("a", 10),
                    {{"a", 11, ""}, State::kFailed, nullptr, absl::DataLossError("damaged")},
                    Available("b", 2)});
  EXPECT_EQ(VersionOf(registry.Find({.name = "a"})), 10);
  EXPECT_EQ(VersionOf(registry.Find({.name = "a", .version = 9})), 9);
  EXPECT_EQ(VersionOf(registry.Find({.name = "b", .version = 2})), 2);
}

TEST(ModelRegistryTest, AnEmptyNameNeedsASingleModel) {
  ModelRegistry registry;
  registry.Publish({Available("a", 1), Available("a", 2)});
  EXPECT_EQ(VersionOf(registry.Find({.name = ""})), 2);
  registry.Publish({Available("a", 1), Available("b", 1)});
  EXPECT_THAT(registry.Find({.name = ""}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("a version 1, b version 1")));
}

TEST(ModelRegistryTest, SaysWhatWasAskedForWhatThereIsAndWhyItIsNot) {
  ModelRegistry registry;
  registry.Publish({Available("digits", 3),
                    {{"digits", 4, ""}, State::kLoading, nullptr},
                    {{"digits", 5, ""}, State::kFailed, nullptr, absl::DataLossError("no net")}});
  EXPECT_THAT(registry.Find({.name = "horses", .version = 7}),
              StatusIs(absl::StatusCode::kNotFound,
                       HasSubstr("\"horses\" version 7 is not loaded (loaded: digits version 3)")));
  EXPECT_THAT(registry.Find({.name = "digits", .version = 4}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("still loading")));
  EXPECT_THAT(registry.Find({.name = "digits", .version = 5}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("refused: no net")));
}

TEST(ModelRegistryTest, LabelsNameVersions) {
  ModelRegistry registry;
  ModelReport old = Available("a", 1);
  old.labels = {{"stable", 0}};
  registry.Publish({old, Available("a", 2)});
  EXPECT_EQ(VersionOf(registry.Find({.name = "a", .label = "stable"})), 1);
  EXPECT_EQ(VersionOf(registry.Find({.label = "stable"})), 1);
  EXPECT_EQ(VersionOf(registry.Find({.name = "a"})), 2) << "no label has a share";
  EXPECT_THAT(registry.Find({.name = "a", .label = "canary"}),
              StatusIs(absl::StatusCode::kNotFound,
                       AllOf(HasSubstr("label \"canary\""), HasSubstr("a version 1 (stable)"))));
  EXPECT_THAT(registry.Find({.name = "a", .version = 1, .label = "stable"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("at most one")));
}

TEST(ModelRegistryTest, SharesAreKeptToAFewCallsEvenInAShortRun) {
  ModelRegistry registry;
  ModelReport stable = Available("a", 1);
  stable.labels = {{"stable", 0.9}};
  ModelReport canary = Available("a", 2);
  canary.labels = {{"canary", 0.1}};
  registry.Publish({stable, canary, Available("a", 3)});
  for (int run = 0; run < 10; ++run) {
    std::map<uint64_t, int> calls;
    for (int i = 0; i < 100; ++i) ++calls[VersionOf(registry.Find({.name = "a"}))];
    EXPECT_NEAR(calls[1], 90, 3);
    EXPECT_NEAR(calls[2], 10, 3);
    EXPECT_EQ(calls.size(), 2);
  }
  // The part of a version that is not there falls to the others.
  registry.Publish({stable, Available("a", 3)});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(VersionOf(registry.Find({.name = "a"})), 1);
}

TEST(ModelRegistryTest, ReportsOfOneModel) {
  ModelRegistry registry;
  registry.Publish({Available("a", 1), Available("b", 1), Available("b", 2)});
  EXPECT_EQ(registry.ReportsOf("b")->size(), 2);
  EXPECT_EQ(registry.ReportsOf("c").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(registry.ReportsOf("").status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ModelRegistryTest, ReadersSeeAllOfAChangeOrNothingOfIt) {
  // Both models change together; a reader that takes one table must find equal versions.
  ModelRegistry registry;
  registry.Publish({Available("a", 1), Available("b", 1)});
  std::atomic<bool> stop{false};
  std::atomic<int> mixed{0};
  std::atomic<int> reads{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!stop.load()) {
        const std::vector<ModelReport> reports = registry.Reports();
        if (reports[0].location.version != reports[1].location.version) ++mixed;
        if (!registry.Find({.name = "a"}).ok()) ++mixed;
        ++reads;
      }
    });
  }
  uint64_t version = 1;
  while (version < 200 || reads.load() < 1000) {
    ++version;
    registry.Publish({Available("a", version), Available("b", version)});
  }
  stop = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(mixed.load(), 0);
}

}  // namespace
}  // namespace provnet
