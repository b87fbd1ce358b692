// New versions while the real server serves: taken up under load without an error or a mixed
// answer, refused without harm.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <atomic>
#include <fstream>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "storage/bundle_layout.h"
#include "storage/golden_answers.h"
#include "tests/integration/republish.h"
#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int kCallers = 8;

v1::ExplainRequest AnyRequest() {
  v1::ExplainRequest request;
  request.mutable_model()->set_name("digits");
  v1::Tensor& tensor = *request.mutable_tensor();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {1U, 28U, 28U}) tensor.mutable_spec()->add_shape(extent);
  tensor.set_data(std::string(784, '\x20'));
  return request;
}

std::string Suffix(uint64_t version) { return absl::StrCat(" of version ", version); }

// Whether class, probabilities and exemplars are all named as that version names them.
bool IsOfOneVersion(const v1::ExplainResponse& response) {
  const std::string suffix = Suffix(response.model().version());
  bool one = absl::EndsWith(response.predicted().name(), suffix);
  for (const v1::Exemplar& exemplar : response.provenance())
    one = one && absl::EndsWith(exemplar.label_name(), suffix);
  return one;
}

class ReloadTest : public ::testing::Test {
 protected:
  ReloadTest() { Publish(); }

  // The trained digits as the next version, whose class names say which.
  uint64_t Publish() {
    const uint64_t next = ++published_;
    return Republish(TrainedRepository() / "digits" / "1", model_,
                     [next](const fs::path&, v1::BundleManifest& manifest) {
                       for (std::string& name : *manifest.mutable_class_names())
                         name += Suffix(next);
                     });
  }

  void Start(const std::vector<std::string>& flags = {}) {
    server_ = std::make_unique<ServerProcess>(repository_, flags, scratch_.path());
    ASSERT_TRUE(server_->ready()) << server_->process().Log();
  }

  // Asks until `version` has the state; the runner's time limit ends it otherwise.
  v1::ModelInfo Await(uint64_t version, v1::ModelInfo::State state) {
    const Client client = server_->OneShotClient();
    while (true) {
      const auto models = client.ListModels();
      if (!models.ok()) throw std::runtime_error(models.status().ToString());
      for (const v1::ModelInfo& info : models->models()) {
        if (info.model().version() == version && info.state() == state) return info;
      }
    }
  }

  void WriteConfig(const std::string& json) {
    std::ofstream(scratch_.path() / "serving.json") << json;
    fs::rename(scratch_.path() / "serving.json", model_ / "serving.json");
  }

  uint64_t Answering(const std::string& label = "") {
    v1::ExplainRequest request = AnyRequest();
    request.mutable_model()->set_label(label);
    const auto response = server_->OneShotClient().Explain(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? response->model().version() : 0;
  }

  TempDir scratch_;
  const fs::path repository_ = scratch_.path() / "models";
  const fs::path model_ = repository_ / "digits";
  uint64_t published_ = 0;
  std::unique_ptr<ServerProcess> server_;
};

TEST_F(ReloadTest, UnderLoadNoCallFailsAndNoAnswerIsMixed) {
  Start();
  std::atomic<bool> stop{false};
  std::atomic<int> failed{0};
  std::atomic<int> mixed{0};
  std::atomic<int> answered{0};
  std::vector<std::jthread> callers;
  for (int c = 0; c < kCallers; ++c) {
    callers.emplace_back([&, client = server_->OneShotClient()] {
      uint64_t last = 0;
      while (!stop.load()) {
        const auto response = client.Explain(AnyRequest());
        if (!response.ok()) {
          ADD_FAILURE() << response.status();
          ++failed;
          return;
        }
        if (!IsOfOneVersion(*response) || response->model().version() < last) ++mixed;
        last = response->model().version();
        ++answered;
      }
    });
  }
  for (uint64_t version = 2; version <= 5; ++version) {
    ASSERT_EQ(Publish(), version);
    Await(version, v1::ModelInfo::STATE_AVAILABLE);
  }
  // So that the last version answers some of them.
  for (const int before = answered.load(); answered.load() < before + 100 && failed.load() == 0;) {
  }
  stop = true;
  callers.clear();
  EXPECT_EQ(failed.load(), 0);
  EXPECT_EQ(mixed.load(), 0);
  EXPECT_EQ(Answering(), 5);
}

TEST_F(ReloadTest, ADamagedVersionIsRefusedByNameAndTheOldOneServes) {
  Start();
  ASSERT_EQ(Publish(), 2);
  const uint64_t broken =
      Republish(model_ / "2", model_, [](const fs::path& staging, v1::BundleManifest&) {
        // Sound by its checksums, and no model all the same.
        std::ofstream(staging / kModelFile) << "not TorchScript";
      });
  const v1::ModelInfo info = Await(broken, v1::ModelInfo::STATE_FAILED);
  EXPECT_THAT(info.error(), HasSubstr(kModelFile));
  EXPECT_EQ(Answering(), 2);
  EXPECT_THAT(server_->process().Log(), HasSubstr("model refused"));
}

TEST_F(ReloadTest, AVersionThatIsCopiedInIsServedOnceItIsWhole) {
  Start();
  // A whole version 2, made elsewhere.
  const fs::path elsewhere = scratch_.path() / "elsewhere" / "digits";
  Republish(model_ / "1", elsewhere);
  ASSERT_EQ(Republish(model_ / "1", elsewhere), 2);
  // As cp does: one file after the other, the manifest somewhere between.
  fs::create_directories(model_ / "2");
  std::ofstream half(model_ / "2" / kModelFile, std::ios::binary);
  half << "half";
  half.close();
  Await(2, v1::ModelInfo::STATE_LOADING);
  EXPECT_EQ(Answering(), 1);
  fs::copy(elsewhere / "2", model_ / "2",
           fs::copy_options::recursive | fs::copy_options::overwrite_existing);
  Await(2, v1::ModelInfo::STATE_AVAILABLE);
  EXPECT_EQ(Answering(), 2);
}

TEST_F(ReloadTest, ARepositoryThatVanishesChangesNothingAndIsTakenUpAgain) {
  Start({"--repository-poll-interval=50ms"});
  const fs::path away = scratch_.path() / "away";
  fs::rename(repository_, away);
  while (!absl::StrContains(server_->process().Log(), "repository lost")) {
  }
  EXPECT_EQ(Answering(), 1);
  fs::rename(away, repository_);
  ASSERT_EQ(Publish(), 2);
  Await(2, v1::ModelInfo::STATE_AVAILABLE);
  EXPECT_EQ(Answering(), 2);
}

TEST_F(ReloadTest, AModelThatAppearsIsServedToo) {
  Start();
  Republish(model_ / "1", repository_ / "shapes");
  v1::GetModelRequest request;
  request.mutable_model()->set_name("shapes");
  const Client client = server_->OneShotClient();
  while (!client.GetModel(request).ok()) {
  }
  v1::ExplainRequest explain = AnyRequest();
  explain.mutable_model()->set_name("shapes");
  EXPECT_TRUE(client.Explain(explain).ok());
}

TEST_F(ReloadTest, AVersionThatAnswersOtherwiseThanItsGoldenAnswersIsRefused) {
  Start();
  EXPECT_THAT(server_->process().Log(), HasSubstr("\"golden_answers\":\"verified\""));
  const uint64_t wrong =
      Republish(model_ / "1", model_, [](const fs::path& staging, v1::BundleManifest&) {
        v1::GoldenAnswers golden = *ReadGoldenAnswers(staging);
        v1::GoldenAnswer& answer = *golden.mutable_answers(3);
        answer.set_class_id((answer.class_id() + 1) % 10);
        ASSERT_TRUE(WriteGoldenAnswers(staging, golden).ok());
      });
  const v1::ModelInfo info = Await(wrong, v1::ModelInfo::STATE_FAILED);
  EXPECT_THAT(info.error(), HasSubstr("golden.json: the model answers otherwise"));
  EXPECT_EQ(Answering(), 1);
}

TEST_F(ReloadTest, ABundleFromBeforeGoldenAnswersIsServed) {
  const uint64_t old = Republish(
      model_ / "1", model_,
      [](const fs::path& staging, v1::BundleManifest&) { fs::remove(staging / kGoldenFile); });
  Start();
  EXPECT_EQ(Answering(), old);
  EXPECT_THAT(server_->process().Log(), HasSubstr("\"golden_answers\":\"none\""));
}

TEST_F(ReloadTest, AVersionThatWouldNotFitInMemoryIsRefusedWithBothNumbers) {
  Start({"--memory-limit=700MiB"});
  const uint64_t large =
      Republish(model_ / "1", model_, [](const fs::path& staging, v1::BundleManifest&) {
        std::ofstream(staging / kVectorsFile) << "";
        fs::resize_file(staging / kVectorsFile, 300 << 20);
      });
  const v1::ModelInfo info = Await(large, v1::ModelInfo::STATE_FAILED);
  EXPECT_THAT(info.error(), AllOf(HasSubstr("needs about 9"), HasSubstr("MiB is available")));
  EXPECT_EQ(Answering(), 1);
}

TEST_F(ReloadTest, LabelsMoveWhileServing) {
  Publish();
  WriteConfig(R"({"labels": {"stable": {"version": 1, "share": 1}}})");
  Start();
  EXPECT_EQ(Answering(), 1);
  EXPECT_EQ(Answering("stable"), 1);
  WriteConfig(R"({"labels": {"stable": {"version": 2, "share": 1}}})");
  while (Answering("stable") != 2) {
  }
  EXPECT_EQ(Answering(), 2);
}

TEST_F(ReloadTest, SigtermDuringAReloadEndsWithZero) {
  Start();
  Publish();
  server_->process().Signal(SIGTERM);
  EXPECT_EQ(server_->process().Wait(), 0) << server_->process().Log();
}

}  // namespace
}  // namespace provnet
