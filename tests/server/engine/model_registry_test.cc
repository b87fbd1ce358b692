#include "server/engine/model_registry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace provnet {
namespace {

using ::testing::HasSubstr;

// Answers nothing; only its name and version matter here.
class NamedServable final : public Servable {
 public:
  NamedServable(const std::string& model, uint64_t version) {
    manifest_.set_model(model);
    manifest_.set_version(version);
  }
  const v1::BundleManifest& manifest() const override { return manifest_; }
  const SampleStore& samples() const override { throw std::logic_error("no samples"); }
  const std::string& device() const override { return name_; }
  const std::string& index_precision() const override { return name_; }
  absl::StatusOr<std::vector<absl::StatusOr<Explanation>>> Explain(
      absl::Span<const ExplainQuery* const>) const override {
    return absl::UnimplementedError("no answers");
  }

 private:
  v1::BundleManifest manifest_;
  const std::string name_;
};

using Key = std::pair<std::string, uint64_t>;

// A registry over `offered`, whose loader fails for `broken`.
ModelRegistry MakeRegistry(std::vector<Key> offered, std::set<Key> broken = {}) {
  return ModelRegistry(
      [offered]() -> absl::StatusOr<std::vector<BundleLocation>> {
        std::vector<BundleLocation> locations;
        for (const auto& [model, version] : offered)
          locations.push_back({model, version, "nowhere"});
        return locations;
      },
      [broken](const BundleLocation& location) -> absl::StatusOr<ModelHandle> {
        if (broken.count({location.model, location.version}) > 0)
          return absl::DataLossError("model.pt is damaged");
        return std::make_shared<NamedServable>(location.model, location.version);
      });
}

uint64_t VersionOf(const absl::StatusOr<ModelHandle>& handle) {
  return handle.ok() ? (*handle)->manifest().version() : 0;
}

TEST(ModelRegistryTest, LoadsTheHighestVersionOfEachModel) {
  ModelRegistry registry = MakeRegistry({{"a", 1}, {"a", 10}, {"a", 9}, {"b", 2}});
  ASSERT_TRUE(registry.LoadAll().ok());
  EXPECT_EQ(VersionOf(registry.Find("a", std::nullopt)), 10);
  EXPECT_EQ(VersionOf(registry.Find("b", 2)), 2);
  EXPECT_EQ(registry.Find("a", 9).status().code(), absl::StatusCode::kNotFound);
}

TEST(ModelRegistryTest, FallsBackToTheNextLowerVersionAndReportsTheFailure) {
  ModelRegistry registry = MakeRegistry({{"a", 1}, {"a", 2}, {"a", 3}}, {{"a", 3}});
  ASSERT_TRUE(registry.LoadAll().ok());
  EXPECT_EQ(VersionOf(registry.Find("", std::nullopt)), 2);
  const std::vector<ModelReport> reports = registry.Reports();
  ASSERT_EQ(reports.size(), 2);
  EXPECT_TRUE(reports[0].status.ok());
  EXPECT_EQ(reports[1].location.version, 3);
  EXPECT_EQ(reports[1].handle, nullptr);
  EXPECT_THAT(reports[1].status.ToString(), HasSubstr("model.pt"));
}

TEST(ModelRegistryTest, FailsWithEveryReasonWhenNothingLoads) {
  ModelRegistry registry = MakeRegistry({{"a", 1}, {"b", 4}}, {{"a", 1}, {"b", 4}});
  const absl::Status status = registry.LoadAll();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("a version 1: model.pt is damaged; b version 4"));
  EXPECT_EQ(MakeRegistry({}).LoadAll().code(), absl::StatusCode::kNotFound);
}

TEST(ModelRegistryTest, AnEmptyNameNeedsASingleModel) {
  ModelRegistry one = MakeRegistry({{"a", 1}});
  ASSERT_TRUE(one.LoadAll().ok());
  EXPECT_TRUE(one.Find("", std::nullopt).ok());
  ModelRegistry two = MakeRegistry({{"a", 1}, {"b", 1}});
  ASSERT_TRUE(two.LoadAll().ok());
  const auto found = two.Find("", std::nullopt);
  EXPECT_EQ(found.status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(found.status().message()), HasSubstr("a version 1, b version 1"));
}

TEST(ModelRegistryTest, NamesWhatWasAskedForAndWhatThereIs) {
  ModelRegistry registry = MakeRegistry({{"digits", 3}});
  ASSERT_TRUE(registry.LoadAll().ok());
  EXPECT_THAT(std::string(registry.Find("horses", 7).status().message()),
              HasSubstr("\"horses\" version 7 is not loaded (loaded: digits version 3)"));
}

}  // namespace
}  // namespace provnet
