#include "trainer/training/training_options.h"

#include <gmock/gmock.h>

#include <cmath>
#include <functional>

namespace provnet {
namespace {

using ::testing::HasSubstr;

TEST(TrainingOptions, DefaultsOfAllHeadsAreValid) {
  for (v1::HeadType head : {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_CLASS_INDEPENDENT,
                            v1::HEAD_TYPE_SINGLE_BRANCH, v1::HEAD_TYPE_EMBEDDING}) {
    EXPECT_TRUE(ValidateTrainingOptions(DefaultTrainingOptions(head)).ok());
    EXPECT_EQ(DefaultTrainingOptions(head).head, head);
  }
}

TEST(TrainingOptions, PhotographsAreMirroredNeitherTurnedNorNoisyAndLearntForLonger) {
  for (v1::HeadType head : {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_EMBEDDING}) {
    const TrainingOptions digits = DefaultTrainingOptions(head);
    EXPECT_EQ(digits.augment.flip_probability, 0);
    TrainingOptions photographs = digits;
    SuitPhotographs(photographs);
    EXPECT_EQ(photographs.augment.flip_probability, 0.5);
    EXPECT_EQ(photographs.augment.rotation_degrees, 0);
    EXPECT_EQ(photographs.augment.noise_probability, 0);
    EXPECT_GT(photographs.epochs, digits.epochs);
    EXPECT_TRUE(ValidateTrainingOptions(photographs).ok());
    EXPECT_NE(DescribeTrainingOptions(photographs), DescribeTrainingOptions(digits));
  }
}

TEST(TrainingOptions, OnlyHeadsWithOneOutputASampleTakeLargeStepsOnManySamples) {
  for (v1::HeadType head : {v1::HEAD_TYPE_CLASS_INDEPENDENT, v1::HEAD_TYPE_SINGLE_BRANCH}) {
    TrainingOptions options = DefaultTrainingOptions(head);
    SuitManySamples(options);
    EXPECT_GT(options.batch_size, DefaultTrainingOptions(head).batch_size);
    EXPECT_LT(options.epochs, DefaultTrainingOptions(head).epochs);
    EXPECT_TRUE(ValidateTrainingOptions(options).ok());
  }
  for (v1::HeadType head : {v1::HEAD_TYPE_CLASS_CONDITIONAL, v1::HEAD_TYPE_EMBEDDING}) {
    TrainingOptions options = DefaultTrainingOptions(head);
    SuitManySamples(options);
    EXPECT_EQ(DescribeTrainingOptions(options),
              DescribeTrainingOptions(DefaultTrainingOptions(head)));
  }
}

TEST(TrainingOptions, RefusalNamesFlagAndValue) {
  const struct {
    const char* expected;
    std::function<void(TrainingOptions&)> spoil;
  } kCases[] = {
      {"--epochs=0", [](auto& o) { o.epochs = 0; }},
      {"--batch-size=1", [](auto& o) { o.batch_size = 1; }},
      {"--learning-rate=0", [](auto& o) { o.learning_rate = 0; }},
      {"--learning-rate=nan", [](auto& o) { o.learning_rate = std::nan(""); }},
      {"--weight-decay=-1", [](auto& o) { o.weight_decay = -1; }},
      {"--lambda-class=-1", [](auto& o) { o.lambda_class = -1; }},
      {"--lambda-class and --lambda-index", [](auto& o) { o.lambda_class = o.lambda_index = 0; }},
      {"--label-smoothing=1", [](auto& o) { o.label_smoothing = 1; }},
      {"--index-gradient-scale=2", [](auto& o) { o.index_gradient_scale = 2; }},
      {"--embedding-dim=1", [](auto& o) { o.embedding_dim = 1; }},
      {"--temperature=0", [](auto& o) { o.temperature = 0; }},
      {"--alpha=0.5 mixes the targets of --head=single-branch", [](auto& o) { o.alpha = 0.5; }},
      {"--alpha=2 is out of range", [](auto& o) { o.alpha = 2; }},
      {"--lambda-class=1 weights a branch", [](auto& o) { o.head = v1::HEAD_TYPE_SINGLE_BRANCH; }},
      {"--sharing=II is for heads with two branches",
       [](auto& o) {
         o = DefaultTrainingOptions(v1::HEAD_TYPE_SINGLE_BRANCH);
         o.sharing = Sharing::kOneBlock;
       }},
  };
  for (const auto& c : kCases) {
    TrainingOptions options;
    c.spoil(options);
    const absl::Status status = ValidateTrainingOptions(options);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << c.expected;
    EXPECT_THAT(std::string(status.message()), HasSubstr(c.expected));
  }
}

TEST(TrainingOptions, DescriptionTellsCloseValuesApart) {
  TrainingOptions a, b;
  b.learning_rate = std::nextafter(a.learning_rate, 1);
  EXPECT_NE(DescribeTrainingOptions(a), DescribeTrainingOptions(b));
  EXPECT_EQ(DescribeTrainingOptions(a), DescribeTrainingOptions(TrainingOptions()));
}

}  // namespace
}  // namespace provnet
