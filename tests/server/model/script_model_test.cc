#include "server/model/script_model.h"

#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <fstream>

#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

class ScriptModelTest : public ::testing::Test {
 protected:
  std::filesystem::path Save(const std::string& source) {
    torch::jit::Module module("Net");
    module.register_attribute("training", c10::BoolType::get(), true);
    module.define(source);
    module.save((directory_ / "model.pt").string());
    return directory_ / "model.pt";
  }

  TempDir directory_;
  const c10::Device cpu_{c10::kCPU};
};

constexpr char kFeatures[] = "def features(self, x):\n    return torch.flatten(x, 1)\n";
constexpr char kClassify[] = "def classify(self, f):\n    return f * 2\n";
constexpr char kAttribute[] =
    "def attribute(self, f, class_id):\n    return f + class_id.unsqueeze(1)\n";

TEST_F(ScriptModelTest, CallsTheMethodsOfTheContract) {
  const auto model = ScriptModel::Load(Save(std::string(kFeatures) + kClassify + kAttribute), cpu_);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE(model->has_attribute());
  EXPECT_FALSE(model->has_query());
  const at::Tensor features = *model->Features(at::ones({2, 1, 1, 3}));
  EXPECT_EQ(features.sizes(), (std::vector<int64_t>{2, 3}));
  EXPECT_TRUE(at::equal(*model->Classify(features), at::full({2, 3}, 2.0F)));
  EXPECT_TRUE(at::equal(*model->Attribute(features, at::tensor({0, 5}, at::kLong)),
                        at::tensor({1, 1, 1, 6, 6, 6}, at::kFloat).view({2, 3})));
}

TEST_F(ScriptModelTest, SwitchesToEvaluation) {
  const auto model = ScriptModel::Load(
      Save(std::string("def features(self, x):\n    return torch.dropout(torch.flatten(x, 1), 0.9, "
                       "self.training)\n") +
           kClassify + kAttribute),
      cpu_);
  ASSERT_TRUE(model.ok()) << model.status();
  EXPECT_TRUE(at::equal(*model->Features(at::ones({1, 1, 1, 64})), at::ones({1, 64})));
}

TEST_F(ScriptModelTest, NamesTheMethodThatIsMissing) {
  const auto no_classify = ScriptModel::Load(Save(std::string(kFeatures) + kAttribute), cpu_);
  EXPECT_EQ(no_classify.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(no_classify.status().ToString().find("classify()"), std::string::npos)
      << no_classify.status();
  const auto no_index = ScriptModel::Load(Save(std::string(kFeatures) + kClassify), cpu_);
  EXPECT_EQ(no_index.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_NE(no_index.status().ToString().find("attribute() nor query()"), std::string::npos)
      << no_index.status();
}

TEST_F(ScriptModelTest, RefusesFilesThatAreNoArchive) {
  EXPECT_EQ(ScriptModel::Load(directory_ / "absent.pt", cpu_).status().code(),
            absl::StatusCode::kNotFound);
  std::ofstream(directory_ / "noise.pt") << "not a zip archive";
  EXPECT_EQ(ScriptModel::Load(directory_ / "noise.pt", cpu_).status().code(),
            absl::StatusCode::kDataLoss);
}

TEST_F(ScriptModelTest, TurnsExceptionsOfTheModelIntoStatuses) {
  const auto model =
      ScriptModel::Load(Save(std::string(kFeatures) +
                             "def classify(self, f):\n    return torch.mm(f, f)\n" + kAttribute),
                        cpu_);
  ASSERT_TRUE(model.ok()) << model.status();
  const auto result = model->Classify(at::ones({2, 3}));
  EXPECT_EQ(result.status().code(), absl::StatusCode::kInternal);
  EXPECT_NE(result.status().ToString().find("classify()"), std::string::npos) << result.status();
}

}  // namespace
}  // namespace provnet
