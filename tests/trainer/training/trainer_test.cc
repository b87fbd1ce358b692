#include "trainer/training/trainer.h"

#include <gmock/gmock.h>
#include <torch/torch.h>

#include <fstream>
#include <map>
#include <numeric>

#include "storage/base/file_io.h"
#include "tests/testing/temp_dir.h"
#include "tests/trainer/training/small_data.h"
#include "trainer/training/batch_source.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

// Remembers what it was told and asks for a stop at a chosen batch.
class Recorder : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress& progress) override {
    batches.push_back(progress);
    if (progress.epoch == stop_epoch && progress.batch == stop_batch) stop = true;
  }
  void EpochDone(const TrainingProgress& progress) override { epochs.push_back(progress); }
  void Note(absl::string_view) override {}

  uint32_t stop_epoch = 0;
  uint64_t stop_batch = 0;
  bool stop = false;
  std::vector<TrainingProgress> batches, epochs;
};

class TrainerTest : public ::testing::TestWithParam<v1::HeadType> {
 protected:
  TrainerTest() : data_(SmallData(40)), options_(DefaultTrainingOptions(GetParam())) {
    options_.epochs = 3;
    options_.batch_size = 16;
    options_.embedding_dim = 8;
    identity_ = DescribeTrainingOptions(options_);
    identity_["dataset fingerprint"] = "abc";
  }

  absl::StatusOr<TrainedNetwork> Run(bool resume = false) {
    recorder_.stop = false;
    TrainingContext context{.checkpoint = CheckpointFile(checkpoint_path()),
                            .resume = resume,
                            .progress = recorder_,
                            .clock = Clock::Steady(),
                            .stop_requested = [this] { return recorder_.stop; }};
    return Train(data_, options_, identity_, context);
  }

  // Trains until the stop that the recorder asks for.
  void Interrupt(uint32_t epoch, uint64_t batch) {
    recorder_.stop_epoch = epoch;
    recorder_.stop_batch = batch;
    EXPECT_EQ(Run().status().code(), absl::StatusCode::kCancelled);
    recorder_ = Recorder();
  }

  std::filesystem::path checkpoint_path() const { return folder_ / "checkpoint"; }

  const TempDir folder_;
  Dataset data_;
  TrainingOptions options_;
  RunIdentity identity_;
  Recorder recorder_;
};

INSTANTIATE_TEST_SUITE_P(Trainer, TrainerTest,
                         ::testing::Values(v1::HEAD_TYPE_CLASS_CONDITIONAL,
                                           v1::HEAD_TYPE_CLASS_INDEPENDENT,
                                           v1::HEAD_TYPE_SINGLE_BRANCH, v1::HEAD_TYPE_EMBEDDING),
                         [](const auto& head) { return v1::HeadType_Name(head.param).substr(10); });

void ExpectSameNetworks(const ProvenanceNetwork& a, const ProvenanceNetwork& b) {
  const auto left = a.NamedState(), right = b.NamedState();
  ASSERT_EQ(left.size(), right.size());
  for (size_t i = 0; i < left.size(); ++i) {
    EXPECT_EQ(left[i].first, right[i].first);
    EXPECT_TRUE(at::equal(left[i].second, right[i].second)) << left[i].first;
  }
}

TEST_P(TrainerTest, ReportsEveryBatchAndEpoch) {
  const auto trained = Run();
  ASSERT_TRUE(trained.ok()) << trained.status();
  EXPECT_EQ(recorder_.batches.size(), 9U);
  ASSERT_EQ(recorder_.epochs.size(), 3U);
  EXPECT_EQ(recorder_.epochs.back().epoch, 3U);
  EXPECT_EQ(recorder_.epochs.back().batch, 3U);
  EXPECT_EQ(recorder_.epochs.back().remaining, absl::ZeroDuration());
  EXPECT_GT(recorder_.epochs.back().images_per_second, 0);
}

TEST_P(TrainerTest, ShowsTheNetworkAfterEachEpochAndNeedsNoCheckpoint) {
  std::vector<uint32_t> seen;
  std::vector<at::Tensor> weights;
  TrainingContext context{.checkpoint = std::nullopt,
                          .progress = recorder_,
                          .clock = Clock::Steady(),
                          .stop_requested = [] { return false; },
                          .after_epoch =
                              [&](ProvenanceNetwork& network, uint32_t epoch) {
                                seen.push_back(epoch);
                                weights.push_back(network.Parameters()[0].detach().clone());
                                network.SetTraining(false);
                                return absl::OkStatus();
                              }};
  const auto watched = Train(data_, options_, identity_, context);
  ASSERT_TRUE(watched.ok()) << watched.status();
  EXPECT_EQ(seen, std::vector<uint32_t>({0, 1, 2}));
  EXPECT_FALSE(at::equal(weights[0], weights[2]));
  EXPECT_FALSE(std::filesystem::exists(checkpoint_path()));
  const auto unwatched = Run();
  ASSERT_TRUE(unwatched.ok()) << unwatched.status();
  ExpectSameNetworks(watched->network, unwatched->network);
}

TEST_P(TrainerTest, AFailingLookAtTheNetworkEndsTheFit) {
  TrainingContext context{
      .checkpoint = std::nullopt,
      .progress = recorder_,
      .clock = Clock::Steady(),
      .stop_requested = [] { return false; },
      .after_epoch = [](ProvenanceNetwork&, uint32_t) { return absl::DataLossError("seen"); }};
  EXPECT_EQ(Train(data_, options_, identity_, context).status(), absl::DataLossError("seen"));
  EXPECT_EQ(recorder_.epochs.size(), 1U);
}

TEST_P(TrainerTest, LearnsWithoutViewsWhereNothingIsDistorted) {
  options_.augment = {.rotation_degrees = 0,
                      .translation_pixels = 0,
                      .scale = 0,
                      .noise_stddev = 0,
                      .noise_probability = 0};
  options_.dropout = 0;
  options_.epochs = 30;
  const auto trained = Run();
  ASSERT_TRUE(trained.ok()) << trained.status();
  if (options_.lambda_class > 0) {
    EXPECT_LT(recorder_.epochs.back().class_loss, 0.5 * recorder_.epochs.front().class_loss);
  }
}

TEST_P(TrainerTest, LearnsTheTrainingData) {
  options_.epochs = 30;
  ASSERT_TRUE(Run().ok());
  if (options_.lambda_class > 0) {
    EXPECT_LT(recorder_.epochs.back().class_loss, 0.9 * recorder_.epochs.front().class_loss);
  }
  EXPECT_LT(recorder_.epochs.back().index_loss, recorder_.epochs.front().index_loss);
}

TEST_P(TrainerTest, ResumedRunEndsInTheSameNetworkAsAnUninterruptedOne) {
  const auto whole = Run();
  ASSERT_TRUE(whole.ok()) << whole.status();
  for (uint32_t stop_epoch : {2U, 3U}) {
    Interrupt(stop_epoch, 2);
    // What a fresh process would have: another state of the global generator.
    torch::manual_seed(999);
    const auto resumed = Run(/*resume=*/true);
    ASSERT_TRUE(resumed.ok()) << resumed.status();
    EXPECT_EQ(recorder_.epochs.size(), 3 - (stop_epoch - 1));
    ExpectSameNetworks(whole->network, resumed->network);
  }
}

TEST_P(TrainerTest, EndsWithTheStatisticsOfTheCleanImages) {
  const auto trained = Run();
  ASSERT_TRUE(trained.ok()) << trained.status();
  // The first normalisation sees the pooled output of the first convolution, so what its statistics
  // ought to be can be computed here.
  std::map<std::string, at::Tensor> state;
  for (const auto& [name, tensor] : trained->network.NamedState()) state[name] = tensor.detach();
  std::vector<uint64_t> all(data_.size());
  std::iota(all.begin(), all.end(), 0);
  const NetworkSpec& spec = trained->network.spec();
  const at::Tensor input =
      (ImagesToTensor(data_, all) - spec.channel_mean[0]) / spec.channel_stddev[0];
  const at::Tensor pooled =
      at::max_pool2d(at::conv2d(input, state["conv1_1_weight"], {}, 1, 1), 2, 2, 0, 1, true);
  EXPECT_TRUE(at::allclose(pooled.mean({0, 2, 3}), state["conv1_1_norm_mean"], 1e-3, 1e-4));
  EXPECT_TRUE(at::allclose(pooled.var({0, 2, 3}), state["conv1_1_norm_var"], 1e-3, 1e-4));
}

TEST_P(TrainerTest, ALossWithoutWeightIsNotComputed) {
  if (options_.lambda_class > 0) {
    options_.lambda_index = 0;
    ASSERT_TRUE(Run().ok());
    EXPECT_EQ(recorder_.epochs.back().index_loss, 0);
    EXPECT_GT(recorder_.epochs.back().class_loss, 0);
  } else {
    ASSERT_TRUE(Run().ok());
    EXPECT_EQ(recorder_.epochs.back().class_loss, 0);
    EXPECT_GT(recorder_.epochs.back().index_loss, 0);
  }
}

TEST_P(TrainerTest, ResumeAfterTheLastEpochOnlyFinishes) {
  const auto whole = Run();
  recorder_ = Recorder();
  const auto resumed = Run(/*resume=*/true);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_TRUE(recorder_.batches.empty());
  ExpectSameNetworks(whole->network, resumed->network);
}

TEST_P(TrainerTest, StopInTheFirstEpochLeavesNoCheckpoint) {
  Interrupt(1, 1);
  EXPECT_FALSE(std::filesystem::exists(checkpoint_path()));
  EXPECT_EQ(Run(/*resume=*/true).status().code(), absl::StatusCode::kNotFound);
}

TEST_P(TrainerTest, RefusesTheCheckpointOfAnotherRunAndNamesTheDifferences) {
  Interrupt(2, 1);
  identity_["seed"] = "77";
  identity_["dataset fingerprint"] = "xyz";
  const absl::Status status = Run(/*resume=*/true).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(status.message()), HasSubstr("seed was 1 and is 77"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("dataset fingerprint was abc and is xyz"));
  EXPECT_THAT(std::string(status.message()), HasSubstr(checkpoint_path().string()));
}

TEST_P(TrainerTest, RefusesADamagedCheckpointByItsPath) {
  Interrupt(2, 1);
  const std::string good = *ReadFile(checkpoint_path());
  std::string flipped = good;
  flipped[good.size() / 2] = static_cast<char>(flipped[good.size() / 2] ^ 1);
  for (const std::string& bad : {std::string(), std::string("text"), good.substr(0, 30),
                                 good.substr(0, good.size() - 1), flipped}) {
    std::ofstream(checkpoint_path(), std::ios::binary) << bad;
    const absl::Status status = Run(/*resume=*/true).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kDataLoss) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(checkpoint_path().string()));
  }
}

TEST_P(TrainerTest, RefusesBadOptionsBeforeTraining) {
  options_.epochs = 0;
  EXPECT_EQ(Run().status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_TRUE(recorder_.batches.empty());
}

}  // namespace
}  // namespace provnet
