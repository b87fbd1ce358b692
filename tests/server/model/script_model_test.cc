#include "server/model/script_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <torch/torch.h>

#include <filesystem>
#include <fstream>

#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

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
  // The reason, which LibTorch gives after an excerpt of the model's source.
  EXPECT_THAT(result.status().ToString(), HasSubstr("cannot run classify(): mat1 and mat2 shapes"));
}

// A convolution with BatchNorm and two products, as a network has them, with parameters of its own.
std::filesystem::path SaveConvolutions(const std::filesystem::path& path) {
  torch::manual_seed(1);
  torch::jit::Module module("Net");
  module.register_attribute("training", c10::BoolType::get(), true);
  module.register_parameter("weight", at::randn({8, 1, 3, 3}), false);
  module.register_parameter("scale", at::rand({8}) + 0.5, false);
  module.register_parameter("shift", at::randn({8}), false);
  module.register_buffer("mean", at::randn({8}));
  module.register_buffer("var", at::rand({8}) + 0.5);
  module.register_parameter("hidden", at::randn({33, 200}) * 0.05, false);
  module.register_parameter("hidden_bias", at::randn({33}), false);
  module.register_parameter("last", at::randn({7, 33}) * 0.1, false);
  module.define(std::string(R"(
def features(self, x):
    x = torch.conv2d(x, self.weight, None, [1, 1], [1, 1])
    x = torch.batch_norm(x, self.scale, self.shift, self.mean, self.var, self.training, 0.1, 1e-5, True)
    x = torch.flatten(torch.max_pool2d(torch.relu(x), [2, 2], [2, 2]), 1)
    return torch.linear(torch.relu(torch.linear(x, self.hidden, self.hidden_bias)), self.last)
)") + kClassify +
                kAttribute);
  module.save(path.string());
  return path;
}

TEST_F(ScriptModelTest, FasterFeaturesAreTheSameFeatures) {
  auto fast = ScriptModel::Load(SaveConvolutions(directory_ / "model.pt"), cpu_);
  const auto plain = ScriptModel::Load(directory_ / "model.pt", cpu_);
  ASSERT_TRUE(fast.ok() && plain.ok()) << fast.status();
  const absl::Status faster = fast->SpeedUpFeatures(at::rand({4, 1, 10, 10}));
  EXPECT_TRUE(faster.ok()) << faster;
  for (const int64_t batch : {1, 3, 32, 33, 64}) {
    const at::Tensor inputs = at::rand({batch, 1, 10, 10});
    const at::Tensor got = *fast->Features(inputs);
    EXPECT_TRUE(at::allclose(got, *plain->Features(inputs), 1e-4, 1e-5)) << batch;
    EXPECT_FALSE(got.is_mkldnn());
  }
}

TEST_F(ScriptModelTest, WhatCannotBeMadeFasterServesAsItIs) {
  // Two runs never agree.
  auto random = ScriptModel::Load(
      Save(
          std::string("def features(self, x):\n    return torch.rand_like(torch.flatten(x, 1))\n") +
          kClassify + kAttribute),
      cpu_);
  ASSERT_TRUE(random.ok()) << random.status();
  EXPECT_FALSE(random->SpeedUpFeatures(at::rand({4, 1, 1, 3})).ok());
  EXPECT_TRUE(random->Features(at::ones({8, 1, 1, 3})).ok());
  // Fails on the probe.
  auto picky =
      ScriptModel::Load(Save(std::string("def features(self, x):\n    return torch.mm(x, x)\n") +
                             kClassify + kAttribute),
                        cpu_);
  ASSERT_TRUE(picky.ok()) << picky.status();
  EXPECT_FALSE(picky->SpeedUpFeatures(at::rand({4, 1, 1, 3})).ok());
}

}  // namespace
}  // namespace provnet
