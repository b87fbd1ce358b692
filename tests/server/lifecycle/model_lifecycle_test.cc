// Real folders and real manifests; only the network is a fake.
#include "server/lifecycle/model_lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "server/lifecycle/model_unloader.h"
#include "tests/server/lifecycle/fake_models.h"
#include "tests/storage/bundle_fixture.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// Writes down what happened, e.g. "loaded a/1".
class Diary final : public LifecycleProbe {
 public:
  void VersionLoaded(const Servable& servable, absl::Duration) override {
    Add("loaded", servable.manifest().model(), servable.manifest().version());
  }
  void VersionRefused(const BundleLocation& location, const absl::Status&) override {
    Add("refused", location.model, location.version);
  }
  void VersionRetired(const Servable& servable) override {
    Add("retired", servable.manifest().model(), servable.manifest().version());
  }
  void ConfigRefused(const std::string& model, const absl::Status& status) override {
    entries_.push_back(absl::StrCat("config of ", model, ": ", status.message()));
  }
  void LabelsWaiting(const std::vector<WaitingLabel>& waiting) override {
    std::string entry = "waiting:";
    for (const WaitingLabel& label : waiting) {
      absl::StrAppend(&entry, " ", label.model, ":", label.label, " for ", label.version, " at ",
                      label.current);
    }
    entries_.push_back(entry);
  }
  void RepositoryLost(const absl::Status&) override { entries_.push_back("lost"); }
  void RepositoryFound() override { entries_.push_back("found"); }

  // Since the last call.
  std::vector<std::string> Take() { return std::exchange(entries_, {}); }

 private:
  void Add(const char* what, const std::string& model, uint64_t version) {
    entries_.push_back(absl::StrCat(what, " ", model, "/", version));
  }
  std::vector<std::string> entries_;
};

class ModelLifecycleTest : public ::testing::Test {
 protected:
  ModelLifecycleTest() { fs::create_directory(root_); }

  void Publish(const std::string& model) {
    ASSERT_TRUE(PublishPlainBundle(root_ / model).status().ok());
  }
  // What `cp -r` of a version leaves before it comes to `missing`.
  void CopyAllBut(const std::string& missing, uint64_t from, uint64_t to) {
    const fs::path source = root_ / "a" / std::to_string(from);
    const fs::path target = root_ / "a" / std::to_string(to);
    fs::copy(source, target, fs::copy_options::recursive);
    fs::remove(target / missing);
  }

  absl::StatusOr<ServedModelHandle> Load(const BundleLocation& location) {
    ++loads_;
    const auto failure = failures_.find({location.model, location.version});
    if (failure != failures_.end()) return failure->second;
    return unloader_.Own(MakeServedModel(location.model, location.version));
  }

  // The version that answers by default; 0 for none.
  uint64_t Serving(const std::string& model = "a") {
    const auto found = registry_.Find({.name = model});
    return found.ok() ? (*found)->handle->manifest().version() : 0;
  }
  uint64_t ServingLabel(const std::string& label) {
    const auto found = registry_.Find({.name = "a", .label = label});
    return found.ok() ? (*found)->handle->manifest().version() : 0;
  }
  void WriteConfig(const std::string& json) {
    std::ofstream(root_ / "a" / kServingConfigFile) << json;
  }
  ModelReport ReportOf(uint64_t version) {
    for (const ModelReport& report : registry_.Reports()) {
      if (report.location.version == version) return report;
    }
    return {};
  }
  void PassAfter(absl::Duration wait) {
    clock_.Advance(wait);
    lifecycle_.Pass();
  }

  TempDir scratch_;
  const fs::path root_ = scratch_.path() / "models";
  FakeClock clock_;
  Diary diary_;
  int loads_ = 0;
  std::map<std::pair<std::string, uint64_t>, absl::Status> failures_;
  ModelUnloader unloader_;
  ModelRegistry registry_;
  ModelLifecycle lifecycle_{
      {},
      [this] { return ScanRepository(root_); },
      [this](const std::string& model) { return ReadServingConfig(root_ / model); },
      [this](const BundleLocation& location) { return Load(location); },
      clock_,
      diary_,
      registry_};
};

TEST_F(ModelLifecycleTest, StartsWithTheHighestVersionOfEachModelThatLoads) {
  for (int i = 0; i < 3; ++i) Publish("a");
  Publish("b");
  failures_[{"a", 3}] = absl::DataLossError("model.pt is damaged");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  EXPECT_EQ(Serving("a"), 2);
  EXPECT_EQ(Serving("b"), 1);
  EXPECT_EQ(registry_.Reports().size(), 3);
  EXPECT_EQ(ReportOf(3).state, ModelReport::State::kFailed);
  EXPECT_THAT(std::string(ReportOf(3).status.message()), HasSubstr("model.pt"));
}

TEST_F(ModelLifecycleTest, TheStartFailsWithEveryReasonWhenNothingLoads) {
  EXPECT_EQ(lifecycle_.LoadAll().code(), absl::StatusCode::kNotFound);
  Publish("a");
  Publish("b");
  failures_[{"a", 1}] = absl::DataLossError("model.pt is damaged");
  failures_[{"b", 1}] = absl::DataLossError("labels are damaged");
  EXPECT_THAT(lifecycle_.LoadAll(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       HasSubstr("a version 1: model.pt is damaged; b version 1: labels")));
}

TEST_F(ModelLifecycleTest, ANewVersionTakesOverAndCallsInFlightKeepTheirs) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  const ServedModelHandle in_flight = *registry_.Find({.name = "a"});
  Publish("a");
  lifecycle_.Pass();
  EXPECT_EQ(Serving(), 2);
  EXPECT_EQ(in_flight->handle->manifest().version(), 1);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/1", "loaded a/2", "retired a/1"));
  EXPECT_EQ(registry_.Reports().size(), 1);
}

TEST_F(ModelLifecycleTest, AFailingVersionLeavesTheOldOneServingAndIsNotTriedAgain) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  Publish("a");
  failures_[{"a", 2}] = absl::FailedPreconditionError("classify() gave too much");
  for (int i = 0; i < 100; ++i) PassAfter(absl::Seconds(10));
  EXPECT_EQ(loads_, 2);
  EXPECT_EQ(Serving(), 1);
  EXPECT_EQ(ReportOf(2).state, ModelReport::State::kFailed);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/1", "refused a/2"));
}

TEST_F(ModelLifecycleTest, ARepairedVersionIsTriedAgain) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  Publish("a");
  failures_[{"a", 2}] = absl::DataLossError("model.pt is damaged");
  lifecycle_.Pass();
  failures_.clear();
  // A new file in the place of the old one.
  fs::copy(root_ / "a" / "1" / kModelFile, root_ / "a" / "2" / kModelFile,
           fs::copy_options::overwrite_existing);
  // Not at once, in case it fails again and again.
  lifecycle_.Pass();
  EXPECT_EQ(Serving(), 1);
  PassAfter(absl::Seconds(1));
  EXPECT_EQ(Serving(), 2);
}

TEST_F(ModelLifecycleTest, AFailureThatMayPassIsTriedAgainLessAndLessOften) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  Publish("a");
  failures_[{"a", 2}] = absl::ResourceExhaustedError("needs 2 GiB, 1 GiB is available");
  absl::Duration next = lifecycle_.Pass();
  EXPECT_EQ(loads_, 2);
  for (const int seconds : {1, 2, 4, 8, 16, 32, 60, 60}) {
    EXPECT_EQ(next, absl::Seconds(seconds));
    const int before = loads_;
    clock_.Advance(next - absl::Milliseconds(1));
    lifecycle_.Pass();
    EXPECT_EQ(loads_, before);
    clock_.Advance(absl::Milliseconds(1));
    next = lifecycle_.Pass();
    EXPECT_EQ(loads_, before + 1);
  }
  failures_.clear();
  PassAfter(next);
  EXPECT_EQ(Serving(), 2);
}

TEST_F(ModelLifecycleTest, ACopyUnderWayIsAwaitedAndNotHeldAgainstIt) {
  Publish("a");
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  fs::copy(root_ / "a" / "2", scratch_.path() / "whole", fs::copy_options::recursive);
  fs::create_directory(root_ / "a" / "3");
  // Version 3 is version 2's files one after the other; its manifest says 2, which is the loader's
  // business, not ours.
  for (const auto& entry : fs::recursive_directory_iterator(scratch_.path() / "whole")) {
    const absl::Duration next = lifecycle_.Pass();
    EXPECT_LE(next, absl::Milliseconds(250));
    EXPECT_EQ(ReportOf(3).state, ModelReport::State::kLoading);
    const fs::path target =
        root_ / "a" / "3" / entry.path().lexically_relative(scratch_.path() / "whole");
    if (entry.is_directory()) {
      fs::create_directory(target);
    } else {
      fs::copy(entry.path(), target);
    }
    clock_.Advance(absl::Seconds(2));
  }
  lifecycle_.Pass();
  EXPECT_EQ(Serving(), 3);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/2", "loaded a/3", "retired a/2"));
}

TEST_F(ModelLifecycleTest, ACopyThatStopsIsRefusedWithWhatIsMissing) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  diary_.Take();
  CopyAllBut(kModelFile, 1, 2);
  lifecycle_.Pass();
  PassAfter(absl::Seconds(4));
  EXPECT_THAT(diary_.Take(), IsEmpty());
  PassAfter(absl::Seconds(1));
  EXPECT_THAT(diary_.Take(), ElementsAre("refused a/2"));
  EXPECT_THAT(std::string(ReportOf(2).status.message()),
              AllOf(HasSubstr(kModelFile), HasSubstr("a/2"), Not(HasSubstr(root_.string()))));
  for (int i = 0; i < 10; ++i) PassAfter(absl::Seconds(10));
  EXPECT_THAT(diary_.Take(), IsEmpty());
  EXPECT_EQ(loads_, 1);
  EXPECT_EQ(Serving(), 1);
}

TEST_F(ModelLifecycleTest, ADeletedVersionServesUntilTheNextLowerOneDoes) {
  Publish("a");
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  fs::remove_all(root_ / "a" / "2");
  lifecycle_.Pass();
  EXPECT_EQ(Serving(), 2);
  PassAfter(absl::Seconds(5));
  EXPECT_EQ(Serving(), 1);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/2", "loaded a/1", "retired a/2"));
}

TEST_F(ModelLifecycleTest, ADeletedVersionWhoseSuccessorFailsServesOn) {
  Publish("a");
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  failures_[{"a", 1}] = absl::DataLossError("model.pt is damaged");
  fs::remove_all(root_ / "a" / "2");
  for (int i = 0; i < 5; ++i) PassAfter(absl::Seconds(5));
  EXPECT_EQ(Serving(), 2);
}

TEST_F(ModelLifecycleTest, ABundleThatTakesTheNumberOfTheLoadedOneIsLoaded) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  const ServedModelHandle old = *registry_.Find({.name = "a"});
  fs::remove_all(root_ / "a" / "1");
  v1::BundleManifest manifest = MakeManifest();
  manifest.mutable_training()->set_seed(2);
  const auto writer = BundleWriter::Create(root_ / "a");
  ASSERT_TRUE(FillPlainFiles((*writer)->staging_directory()).ok());
  ASSERT_TRUE((*writer)->Publish(manifest).ok());
  lifecycle_.Pass();
  EXPECT_EQ(loads_, 2);
  EXPECT_NE(*registry_.Find({.name = "a"}), old);
}

TEST_F(ModelLifecycleTest, ModelsComeAndGoWhileRunning) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  Publish("b");
  lifecycle_.Pass();
  EXPECT_EQ(Serving("b"), 1);
  fs::remove_all(root_ / "b");
  lifecycle_.Pass();
  EXPECT_EQ(Serving("b"), 1) << "it may be about to be replaced";
  PassAfter(absl::Seconds(5));
  EXPECT_EQ(Serving("b"), 0);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/1", "loaded b/1", "retired b/1"));
  EXPECT_EQ(registry_.Reports().size(), 1);
}

TEST_F(ModelLifecycleTest, ARepositoryThatVanishesForAWhileChangesNothing) {
  Publish("a");
  Publish("b");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  diary_.Take();
  fs::rename(root_, scratch_.path() / "away");
  for (int i = 0; i < 5; ++i) PassAfter(absl::Seconds(10));
  // An unmounted volume leaves an empty folder.
  fs::create_directory(root_);
  for (int i = 0; i < 5; ++i) PassAfter(absl::Seconds(10));
  EXPECT_EQ(Serving("a"), 1);
  EXPECT_EQ(Serving("b"), 1);
  EXPECT_THAT(diary_.Take(), ElementsAre("lost"));
  fs::remove(root_);
  fs::rename(scratch_.path() / "away", root_);
  Publish("a");
  lifecycle_.Pass();
  EXPECT_THAT(diary_.Take(), ElementsAre("found", "loaded a/2", "retired a/1"));
}

TEST_F(ModelLifecycleTest, ARepositoryThatIsEmptiedBitByBitIsNotLookedAtAllTheTime) {
  Publish("a");
  Publish("b");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  fs::remove_all(root_ / "a");
  EXPECT_LT(lifecycle_.Pass(), absl::InfiniteDuration());
  fs::remove_all(root_ / "b");
  clock_.Advance(absl::Seconds(100));
  EXPECT_EQ(lifecycle_.Pass(), absl::InfiniteDuration());
  EXPECT_EQ(Serving("a"), 1);
}

TEST_F(ModelLifecycleTest, ALabelledVersionIsLoadedBesideTheLatestAndAnswersToItsLabel) {
  Publish("a");
  Publish("a");
  WriteConfig(R"({"labels": {"stable": {"version": 1}}})");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  EXPECT_EQ(Serving(), 2);
  EXPECT_EQ(ServingLabel("stable"), 1);
  EXPECT_EQ(ServingLabel("canary"), 0);
  fs::remove(root_ / "a" / kServingConfigFile);
  lifecycle_.Pass();
  EXPECT_EQ(ServingLabel("stable"), 0);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/2", "loaded a/1", "retired a/1"));
}

TEST_F(ModelLifecycleTest, ALabelMovesOnceItsNewVersionIsReady) {
  Publish("a");
  WriteConfig(R"({"labels": {"stable": {"version": 1}}})");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  Publish("a");
  failures_[{"a", 2}] = absl::ResourceExhaustedError("no memory");
  WriteConfig(R"({"labels": {"stable": {"version": 2}}})");
  lifecycle_.Pass();
  EXPECT_EQ(ServingLabel("stable"), 1);
  lifecycle_.Pass();
  EXPECT_THAT(diary_.Take(),
              ElementsAre("loaded a/1", "refused a/2", "waiting: a:stable for 2 at 1"));
  failures_.clear();
  PassAfter(absl::Seconds(1));
  EXPECT_EQ(ServingLabel("stable"), 2);
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/2", "retired a/1", "waiting:"));
  EXPECT_EQ(registry_.Reports().size(), 1);
}

TEST_F(ModelLifecycleTest, ALabelOnAVersionThatIsNotThereIsTold) {
  Publish("a");
  WriteConfig(R"({"labels": {"stable": {"version": 7}}})");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  EXPECT_THAT(diary_.Take(), ElementsAre("loaded a/1", "waiting: a:stable for 7 at 0"));
  fs::remove(root_ / "a" / kServingConfigFile);
  lifecycle_.Pass();
  EXPECT_THAT(diary_.Take(), ElementsAre("waiting:"));
}

TEST_F(ModelLifecycleTest, TheModelsOwnPolicyGoesBeforeTheServers) {
  Publish("a");
  Publish("a");
  Publish("b");
  Publish("b");
  WriteConfig(R"({"version_policy": "specific:1"})");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  EXPECT_EQ(Serving("a"), 1);
  EXPECT_EQ(Serving("b"), 2);
  WriteConfig(R"({"version_policy": "latest:2"})");
  lifecycle_.Pass();
  EXPECT_EQ(registry_.ReportsOf("a")->size(), 2);
}

TEST_F(ModelLifecycleTest, AConfigurationThatCantBeUsedLeavesTheLastGoodOne) {
  Publish("a");
  Publish("a");
  WriteConfig(R"({"version_policy": "specific:1"})");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  diary_.Take();
  WriteConfig(R"({"version_policy": "newest"})");
  for (int i = 0; i < 3; ++i) PassAfter(absl::Seconds(10));
  EXPECT_EQ(Serving(), 1);
  EXPECT_THAT(diary_.Take(), ElementsAre(AllOf(HasSubstr("config of a"), HasSubstr("newest"))));
  WriteConfig(R"({"version_policy": "specific:2"})");
  lifecycle_.Pass();
  EXPECT_EQ(Serving(), 2);
}

TEST_F(ModelLifecycleTest, TheStartSaysWhenThePolicyAsksForNothingThatIsThere) {
  Publish("a");
  WriteConfig(R"({"version_policy": "specific:7"})");
  EXPECT_THAT(lifecycle_.LoadAll(),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("the policy asks for")));
}

TEST_F(ModelLifecycleTest, AfterStopNothingIsLoaded) {
  Publish("a");
  ASSERT_THAT(lifecycle_.LoadAll(), IsOk());
  Publish("a");
  lifecycle_.Stop();
  lifecycle_.Pass();
  EXPECT_EQ(loads_, 1);
}

}  // namespace
}  // namespace provnet
