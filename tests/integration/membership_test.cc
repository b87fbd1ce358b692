// Membership as a privacy service meets it: a model that was trained with a reference set, the real
// server, the real command line.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <vector>

#include "client/client.h"
#include "storage/image/image.h"
#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"
#include "trainer/data/glyphs.h"
#include "trainer/data/idx_writer.h"
#include "trainer/export/training_data.h"

namespace provnet {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr size_t kAsked = 60;

// What the fixture's model "members" was trained on, and its reference set.
const TrainingData& Data() {
  static const TrainingData* data = [] {
    v1::TrainingConfig config;
    config.set_dataset("glyphs:2000");
    config.set_seed(1);
    config.set_subset_fraction(0.4);
    config.set_membership_reference("auto");
    auto loaded = LoadTrainingData(config);
    if (!loaded.ok()) throw std::runtime_error(loaded.status().ToString());
    return new TrainingData(*std::move(loaded));
  }();
  return *data;
}

v1::CheckMembershipRequest About(const Dataset& images, size_t i) {
  v1::CheckMembershipRequest request;
  v1::Tensor& tensor = *request.mutable_tensor();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {images.channels, images.height, images.width})
    tensor.mutable_spec()->add_shape(extent);
  tensor.set_data(std::string(images.image(i).begin(), images.image(i).end()));
  request.set_label(images.labels[i]);
  return request;
}

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

class MembershipIntegrationTest : public ::testing::Test {
 protected:
  MembershipIntegrationTest() : server_(MemberRepository(), {}, scratch_.path()) {
    EXPECT_TRUE(server_.ready()) << server_.process().Log();
  }

  v1::CheckMembershipResponse Check(const v1::CheckMembershipRequest& request) {
    const auto response = server_.OneShotClient().CheckMembership(request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.value_or(v1::CheckMembershipResponse());
  }

  TempDir scratch_;
  ServerProcess server_;
};

TEST_F(MembershipIntegrationTest, MembersHaveSmallerPValuesThanTestImages) {
  const Dataset& members = Data().data.train;
  const Dataset& others = Data().data.test;
  std::vector<double> of_members, of_others;
  for (size_t i = 0; i < kAsked; ++i) {
    const auto member = Check(About(members, i));
    EXPECT_EQ(member.reference().count(), 1200U);
    EXPECT_EQ(member.true_positive_rate().members(), 800U);
    of_members.push_back(member.p_value());
    of_others.push_back(Check(About(others, i)).p_value());
  }
  EXPECT_LT(Median(of_members), 0.1);
  EXPECT_GT(Median(of_others), 0.2);
}

TEST_F(MembershipIntegrationTest, FindsExactCopiesInEitherForm) {
  const Dataset& members = Data().data.train;
  for (size_t i = 0; i < 5; ++i) {
    v1::CheckMembershipRequest request = About(members, i);
    EXPECT_THAT(Check(request).exact_match(), Contains(i));
    const std::string& pixels = request.tensor().data();
    const auto png = EncodePng({members.width, members.height, 1, {pixels.begin(), pixels.end()}});
    ASSERT_TRUE(png.ok()) << png.status();
    request.set_encoded_image(*png);
    EXPECT_THAT(Check(request).exact_match(), Contains(i)) << "as a PNG";
    request = About(members, i);
    (*request.mutable_tensor()->mutable_data())[0] ^= 1;
    EXPECT_TRUE(Check(request).exact_match().empty()) << "with one bit changed";
  }
}

TEST_F(MembershipIntegrationTest, RefusesARateThatTheReferenceCannotResolve) {
  v1::CheckMembershipRequest request = About(Data().data.train, 0);
  request.set_false_positive_rate(0.0005);
  const auto response = server_.OneShotClient().CheckMembership(request);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kInvalidArgument) << response.status();
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("0.0008"));
}

TEST_F(MembershipIntegrationTest, CommandLineChecksFilesOfImages) {
  DatasetPair written = Data().data;
  ASSERT_TRUE(WriteIdx(written, scratch_ / "digits").ok());
  const auto out = scratch_ / "out";
  ChildProcess process({(BinaryDirectory() / "provnet").string(), "membership",
                        "--server=" + server_.grpc(), "--false-positive-rate=0.05", "--json",
                        "idx:" + (scratch_ / "digits/train-images-idx3-ubyte").string() + "#0:3"},
                       scratch_ / "err", out);
  ASSERT_EQ(process.Wait(), 0) << process.Log();
  std::ifstream lines(out);
  uint64_t count = 0;
  for (std::string line; std::getline(lines, line); ++count) {
    const nlohmann::json json = nlohmann::json::parse(line);
    EXPECT_EQ(json["label"], Data().data.train.labels[count]);
    EXPECT_EQ(json["response"]["false_positive_rate"], 0.05);
    EXPECT_EQ(json["response"]["exact_match"][0], std::to_string(count));
  }
  EXPECT_EQ(count, 3U);
}

TEST_F(MembershipIntegrationTest, ABundleWithoutAReferenceSaysHowToTrainOne) {
  ServerProcess other(TrainedRepository(), {}, scratch_.path());
  ASSERT_TRUE(other.ready()) << other.process().Log();
  v1::CheckMembershipRequest request = About(Data().data.train, 0);
  request.mutable_model()->set_name("digits");
  const auto response = other.OneShotClient().CheckMembership(request);
  EXPECT_EQ(response.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(response.status().message()), HasSubstr("--membership-reference"));
}

}  // namespace
}  // namespace provnet
