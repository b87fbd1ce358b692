#include "trainer/export/fit.h"

#include <gmock/gmock.h>

#include <fstream>
#include <functional>
#include <numeric>

#include "server/attribution/panel_matrix.h"
#include "server/attribution/row_matrix.h"
#include "storage/bundle_layout.h"
#include "storage/bundle_verifier.h"
#include "storage/membership_calibration.h"
#include "storage/npy.h"
#include "storage/repository.h"
#include "storage/sample_store.h"
#include "tests/testing/temp_dir.h"
#include "tests/trainer/data/image_folders.h"
#include "trainer/data/dataset_spec.h"
#include "trainer/data/subset.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
namespace fs = std::filesystem;

// Asks for a stop at the chosen moment.
class Stopper : public ProgressListener {
 public:
  void BatchDone(const TrainingProgress& progress) override {
    if (at_batch && at_batch(progress)) stop = true;
  }
  void EpochDone(const TrainingProgress&) override {}
  void Note(absl::string_view text) override {
    if (!at_note.empty() && text == at_note) stop = true;
    if (on_note) on_note(text);
  }

  std::function<bool(const TrainingProgress&)> at_batch;
  std::string at_note;
  std::function<void(absl::string_view)> on_note;
  bool stop = false;
};

class FitTest : public ::testing::Test {
 protected:
  FitOptions Options(v1::HeadType head) const {
    FitOptions options;
    options.dataset = "glyphs:600";
    options.subset_fraction = 0.5;
    options.output = folder_ / "repository" / "digits";
    options.training = DefaultTrainingOptions(head);
    options.training.epochs = 2;
    options.training.batch_size = 64;
    return options;
  }

  absl::StatusOr<v1::BundleManifest> Run(const FitOptions& options) {
    return RunFit(options, stopper_, Clock::Steady(), [this] { return stopper_.stop; });
  }

  // Everything in the model's folder.
  std::vector<std::string> ModelFolder(const FitOptions& options) const {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(options.output)) {
      names.push_back(entry.path().filename().string());
    }
    return names;
  }

  const TempDir folder_;
  Stopper stopper_;
};

// Of the precisions that this machine offers.
void ExpectPrecisionChecks(const v1::IndexHeadSpec& head) {
  std::vector<std::string> expected;
  if (RowMatrix::HasBFloat16(c10::kCPU)) expected.emplace_back("bf16");
  if (PanelMatrix::CanMultiply(Precision::kInt8)) expected.emplace_back("int8");
  std::vector<std::string> measured;
  for (const v1::PrecisionCheck& check : head.precision_checks()) {
    measured.push_back(check.index_precision());
    EXPECT_GT(check.overlap(), 0.9) << check.index_precision();
    EXPECT_LE(check.overlap(), 1) << check.index_precision();
    EXPECT_EQ(check.top_k(), 10U);
    EXPECT_GT(check.queries(), 0U);
  }
  EXPECT_EQ(measured, expected);
}

void ExpectShares(const v1::Metrics& metrics) {
  for (double share :
       {metrics.test_accuracy(), metrics.index_top1(), metrics.index_top5(),
        metrics.index_top1_shift2(), metrics.index_top5_shift2(), metrics.label_agreement_top5()}) {
    EXPECT_GT(share, 0);
    EXPECT_LE(share, 1);
  }
  EXPECT_LE(metrics.index_top1(), metrics.index_top5());
  EXPECT_GT(metrics.train_seconds(), 0);
  EXPECT_GT(metrics.peak_rss_bytes(), 1 << 20);
}

TEST_F(FitTest, PublishesAVerifiedBundleOfTheSubset) {
  const FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_THAT(ModelFolder(options), ElementsAre("1"));
  const auto verified = VerifyBundle(options.output / "1");
  ASSERT_TRUE(verified.ok()) << verified.status();
  EXPECT_EQ(verified->SerializeAsString(), published->SerializeAsString());
  EXPECT_EQ(verified->model(), "digits");
  EXPECT_EQ(verified->sample_count(), 300U);
  EXPECT_EQ(verified->feature_dim(), 2048U);
  EXPECT_EQ(verified->index_head().dim(), 30U);
  EXPECT_EQ(verified->index_head().scale(), 0);
  EXPECT_EQ(verified->training().dataset(), "glyphs:600");
  EXPECT_EQ(verified->training().dataset_fingerprint().size(), 64U);
  EXPECT_EQ(verified->training().subset_fraction(), 0.5);
  ExpectShares(verified->metrics());
  ExpectPrecisionChecks(verified->index_head());
}

TEST_F(FitTest, StoresEverySampleWithItsBytesLabelAndSource) {
  const FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  ASSERT_TRUE(Run(options).ok());
  const auto data = LoadDataset(options.dataset, options.training.seed);
  const auto positions = StratifiedSubset(data->train.labels, 10, 0.5, options.training.seed);
  const Dataset subset = Select(data->train, *positions);
  const auto store = SampleStore::OpenReadOnly(options.output / "1" / kSamplesFolder);
  ASSERT_TRUE(store.ok()) << store.status();
  ASSERT_EQ((*store)->size(), subset.size());
  std::vector<uint64_t> all(subset.size());
  std::iota(all.begin(), all.end(), 0);
  const auto records = (*store)->MultiGet(all);
  for (size_t i = 0; i < subset.size(); ++i) {
    ASSERT_TRUE(records[i].ok()) << records[i].status();
    const auto image = subset.image(i);
    EXPECT_EQ(records[i]->content(), std::string(image.begin(), image.end())) << i;
    EXPECT_EQ(records[i]->label(), subset.labels[i]);
    EXPECT_EQ(records[i]->source_id(), subset.source_id(i));
    EXPECT_EQ(records[i]->content_type(), "application/vnd.provnet.tensor");
    EXPECT_THAT(records[i]->tensor_spec().shape(), ElementsAre(1, 28, 28));
  }
  const auto labels = ReadNpy<uint32_t>(options.output / "1" / kLabelsFile);
  ASSERT_TRUE(labels.ok()) << labels.status();
  EXPECT_EQ(labels->values, subset.labels);
}

// A tar of random pictures, which a network can only learn by heart.
std::string Pictures(const fs::path& path) {
  testing::WriteTar(path, testing::Together(testing::ThreeClasses("train/", 20, 1),
                                            testing::ThreeClasses("test/", 3, 2)));
  return "images:" + path.string();
}

TEST_F(FitTest, ImagesAreStoredAsTheFilesThatTheyCameFrom) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.dataset = Pictures(folder_ / "pictures.tar");
  options.images.mode = ImageMode::kRgb;
  options.near_duplicates = 2;
  SuitPhotographs(options.training);
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->input().channels(), 3U);
  EXPECT_EQ(published->training().image_mode(), "rgb");
  EXPECT_TRUE(published->training().augment_flip());
  const auto data = LoadTrainingData(published->training());
  ASSERT_TRUE(data.ok()) << data.status();
  const Dataset& train = data->data.train;
  EXPECT_EQ(Fingerprint(train), published->training().dataset_fingerprint());
  ASSERT_EQ(train.size(), 32U);
  const auto store = SampleStore::OpenReadOnly(options.output / "1" / kSamplesFolder);
  std::vector<uint64_t> all(train.size());
  std::iota(all.begin(), all.end(), 0);
  const auto records = (*store)->MultiGet(all);
  for (size_t i = 0; i < 30; ++i) {
    ASSERT_TRUE(records[i].ok()) << records[i].status();
    EXPECT_EQ(records[i]->content(), *train.encoded_file(i));
    EXPECT_EQ(records[i]->content_type(), "image/png");
    EXPECT_FALSE(records[i]->has_tensor_spec());
    EXPECT_EQ(records[i]->source_id().find("train/"), 0U);
  }
  // Altered copies came from no file.
  EXPECT_EQ(records[31]->content_type(), "application/vnd.provnet.tensor");
  EXPECT_EQ(records[31]->tensor_spec().shape_size(), 3);
}

TEST_F(FitTest, ChosenSubsetIsWrittenDownAndFoundAgainWithoutChoosing) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.subset_strategy = "herding";
  options.subset_fraction = 0.2;
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->sample_count(), 120U);
  EXPECT_EQ(published->training().subset_strategy(), "herding");
  EXPECT_EQ(published->training().subset_mask().size(), 75U);
  const auto data = LoadTrainingData(published->training());
  ASSERT_TRUE(data.ok()) << data.status();
  EXPECT_EQ(Fingerprint(data->data.train), published->training().dataset_fingerprint());
  // Not the one that random choice would make.
  v1::TrainingConfig random = published->training();
  random.clear_subset_strategy();
  EXPECT_NE(Fingerprint(LoadTrainingData(random)->data.train),
            published->training().dataset_fingerprint());
  v1::TrainingConfig lost = published->training();
  lost.clear_subset_mask();
  EXPECT_EQ(LoadTrainingData(lost).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST_F(FitTest, ResumedFitKeepsItsChosenSubsetAndAnotherStrategyIsRefused) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.subset_strategy = "forgetting";
  options.subset_fraction = 0.2;
  bool chosen = false;
  stopper_.on_note = [&](absl::string_view note) {
    chosen |= note.find("choosing the subset") != absl::string_view::npos;
    // Only the fit itself says what it trains on, after the choice.
    if (note.find("training on") == 0)
      stopper_.at_batch = [](const auto& p) { return p.epoch == 2; };
  };
  EXPECT_EQ(Run(options).status().code(), absl::StatusCode::kCancelled);
  EXPECT_TRUE(chosen);

  chosen = false;
  stopper_.at_batch = nullptr;
  stopper_.stop = false;
  options.resume = true;
  FitOptions other = options;
  other.subset_strategy = "random";
  const absl::Status refused = Run(other).status();
  EXPECT_EQ(refused.code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(refused.message()), HasSubstr("subset-strategy"));
  const auto resumed = Run(options);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_FALSE(chosen);
  EXPECT_THAT(ModelFolder(options), ElementsAre("1"));
}

TEST_F(FitTest, EmbeddingHeadExportsAUnitVectorOfEverySample) {
  const FitOptions options = Options(v1::HEAD_TYPE_EMBEDDING);
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->index_head().type(), v1::HEAD_TYPE_EMBEDDING);
  EXPECT_EQ(published->index_head().dim(), 128U);
  EXPECT_FLOAT_EQ(published->index_head().scale(), 10);
  ExpectShares(published->metrics());
  const auto vectors = ReadNpy<float>(options.output / "1" / kVectorsFile);
  ASSERT_TRUE(vectors.ok()) << vectors.status();
  ASSERT_THAT(vectors->shape, ElementsAre(300, 128));
  for (size_t i = 0; i < 300; ++i) {
    const auto row = vectors->values.begin() + static_cast<std::ptrdiff_t>(i * 128);
    EXPECT_NEAR(std::inner_product(row, row + 128, row, 0.0), 1, 1e-4) << i;
  }
  // An image that is looked up finds itself.
  EXPECT_GT(published->metrics().index_top1(), 0.99);
}

TEST_F(FitTest, EmbeddingHeadsOfManySamplesBringCellsWithTheRecallThatTheyReach) {
  FitOptions options = Options(v1::HEAD_TYPE_EMBEDDING);
  options.dataset = "glyphs:3000";
  options.subset_fraction = 1;
  options.training.size = BackboneSize::kTiny;
  options.approximate_from = 3000;
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  ASSERT_TRUE(published->index_head().has_approximate());
  const v1::ApproximateSearch& approximate = published->index_head().approximate();
  EXPECT_EQ(approximate.cells(), 3000U / 256);
  EXPECT_GE(approximate.recall_at_10(), 0.99);
  EXPECT_LE(approximate.probes(), approximate.cells() / 2);
  EXPECT_GT(approximate.queries(), 0U);
  // Served, and measured, with them.
  EXPECT_GT(published->metrics().index_top1(), 0.99);
  const auto cell_of = ReadNpy<uint32_t>(options.output / "1" / kCellOfFile);
  ASSERT_TRUE(cell_of.ok()) << cell_of.status();
  EXPECT_THAT(cell_of->shape, ElementsAre(3000));
}

TEST_F(FitTest, HeadsOverAllSamplesArePublishedAndServed) {
  for (v1::HeadType head : {v1::HEAD_TYPE_CLASS_INDEPENDENT, v1::HEAD_TYPE_SINGLE_BRANCH}) {
    FitOptions options = Options(head);
    options.output = folder_ / "repository" / v1::HeadType_Name(head);
    options.training.epochs = 4;
    const auto published = Run(options);
    ASSERT_TRUE(published.ok()) << published.status();
    EXPECT_EQ(published->index_head().type(), head);
    EXPECT_EQ(published->index_head().dim(), 300U);
    EXPECT_GT(published->parameter_count(), 300U * 2048U);
    ExpectShares(published->metrics());
  }
}

TEST_F(FitTest, SeparateBackbonesArePublishedAndServed) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.training.sharing = Sharing::kNothing;
  options.training.size = BackboneSize::kMedium;
  options.training.epochs = 1;
  options.subset_fraction = 0.2;
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->feature_dim(), 2U * 4096U);
  EXPECT_EQ(published->training().sharing(), "I");
  EXPECT_EQ(published->training().size(), "medium");
}

TEST_F(FitTest, CalibratesMembershipWithImagesThatWereHeldOut) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.membership_reference = "150";
  options.training.epochs = 12;
  const auto published = Run(options);
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->sample_count(), 225U);
  EXPECT_EQ(published->training().membership_reference(), "150");
  const auto verified = VerifyBundle(options.output / "1");
  ASSERT_TRUE(verified.ok()) << verified.status();
  const auto calibration = ReadMembershipCalibration(options.output / "1");
  ASSERT_TRUE(calibration.ok()) << calibration.status();
  EXPECT_EQ(calibration->reference_name(), "training images that were held out");
  EXPECT_EQ(calibration->reference_source(), "glyphs:600");
  EXPECT_EQ(calibration->index_precision(), "fp32");
  for (const auto& scores : {calibration->with_label(), calibration->without_label()}) {
    ASSERT_EQ(scores.non_member_size(), 150);
    ASSERT_EQ(scores.member_size(), 225);
    EXPECT_GT(scores.member(112), scores.non_member(75)) << "medians";
  }
}

TEST_F(FitTest, HasNoCalibrationWhereNothingIsLeftOver) {
  const FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  ASSERT_TRUE(Run(options).ok());
  EXPECT_FALSE(fs::exists(options.output / "1" / kCalibrationFile));
}

TEST_F(FitTest, SecondFitBecomesTheNextVersion) {
  const FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  ASSERT_TRUE(Run(options).ok());
  ASSERT_TRUE(Run(options).ok());
  EXPECT_THAT(*ListVersions(options.output), ElementsAre(1, 2));
}

TEST_F(FitTest, StoppedFitPublishesNothingAndResumesToTheSameModel) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  const auto whole = Run(options);
  ASSERT_TRUE(whole.ok()) << whole.status();

  options.output = folder_ / "repository" / "interrupted";
  stopper_.at_batch = [](const auto& p) { return p.epoch == 2 && p.batch == 2; };
  EXPECT_EQ(Run(options).status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(ModelFolder(options), ElementsAre(".checkpoint"));

  stopper_ = Stopper();
  options.resume = true;
  const auto resumed = Run(options);
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_THAT(ModelFolder(options), ElementsAre("1"));
  const auto digest_of_model = [](const v1::BundleManifest& manifest) {
    for (const v1::FileEntry& file : manifest.files()) {
      if (file.path() == kModelFile) return file.sha256();
    }
    return std::string("none");
  };
  EXPECT_EQ(digest_of_model(*whole), digest_of_model(*resumed));
  EXPECT_EQ(whole->metrics().index_top1(), resumed->metrics().index_top1());
}

TEST_F(FitTest, StopWhileEvaluatingPublishesNothing) {
  const FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  stopper_.at_note = "evaluating through the serving engine";
  EXPECT_EQ(Run(options).status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(ModelFolder(options), ElementsAre(".checkpoint"));
}

TEST_F(FitTest, StopBeforeTheFirstEpochLeavesAnEmptyFolder) {
  const FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  stopper_.at_batch = [](const auto&) { return true; };
  EXPECT_EQ(Run(options).status().code(), absl::StatusCode::kCancelled);
  EXPECT_THAT(ModelFolder(options), IsEmpty());
}

TEST_F(FitTest, ResumeWithoutACheckpointNamesItAndCreatesNothing) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.resume = true;
  for (const fs::path& checkpoints : {fs::path(), folder_ / "checkpoints"}) {
    options.checkpoint_directory = checkpoints;
    const absl::Status status = Run(options).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
    const std::string expected = (CheckpointDirectoryPath(options) / "checkpoint").string();
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("--resume expects the checkpoint " + expected));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--checkpoint-dir"));
  }
  EXPECT_TRUE(fs::is_empty(folder_.path()));
}

TEST_F(FitTest, ResumeOnOtherDataIsRefused) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  stopper_.at_batch = [](const auto& p) { return p.epoch == 2; };
  EXPECT_EQ(Run(options).status().code(), absl::StatusCode::kCancelled);
  stopper_ = Stopper();
  options.resume = true;
  options.dataset = "glyphs:700";
  const absl::Status status = Run(options).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kFailedPrecondition) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("dataset fingerprint"));
}

TEST_F(FitTest, RefusesAnOutputThatItCannotWriteBeforeTraining) {
  std::ofstream(folder_ / "file") << "text";
  bool trained = false;
  stopper_.at_batch = [&](const auto&) { return trained = true; };
  for (const fs::path& output : {folder_ / "file" / "digits", folder_ / ".hidden"}) {
    FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
    options.output = output;
    const absl::Status status = Run(options).status();
    EXPECT_FALSE(status.ok());
    EXPECT_THAT(std::string(status.message()), HasSubstr(output.string()));
  }
  EXPECT_FALSE(trained);
}

TEST_F(FitTest, NamesTheDatasetThatItCannotRead) {
  FitOptions options = Options(v1::HEAD_TYPE_CLASS_CONDITIONAL);
  options.dataset = "idx:" + (folder_ / "nowhere").string();
  const absl::Status status = Run(options).status();
  EXPECT_THAT(std::string(status.message()), HasSubstr((folder_ / "nowhere").string()));
  EXPECT_THAT(ModelFolder(options), IsEmpty());
}

}  // namespace
}  // namespace provnet
