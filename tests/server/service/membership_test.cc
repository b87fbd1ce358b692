// CheckMembership over a real loopback connection, with a fake model that has a reference set.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <chrono>
#include <limits>
#include <string>
#include <thread>
#include <vector>

#include "storage/image/image.h"
#include "tests/server/service/test_server.h"

namespace provnet {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

// 199 non-members, of the scores 0 .. 198 in their own class and 100 lower in the predicted one;
// two members, of 150 and 250.
v1::MembershipCalibration Calibration() {
  v1::MembershipCalibration calibration;
  calibration.set_reference_name("images outside the subset");
  calibration.set_reference_source("made");
  calibration.set_statistic(v1::MEMBERSHIP_STATISTIC_MARGIN);
  for (int i = 0; i < 199; ++i) {
    calibration.mutable_with_label()->add_non_member(static_cast<float>(i));
    calibration.mutable_without_label()->add_non_member(static_cast<float>(i - 100));
  }
  for (auto* scores : {calibration.mutable_with_label(), calibration.mutable_without_label()}) {
    scores->add_member(150);
    scores->add_member(250);
  }
  return calibration;
}

// The fake predicts class 3 and gives that score, plus 1 in any other class.
v1::CheckMembershipRequest RequestOfScore(int score) {
  v1::CheckMembershipRequest request;
  *request.mutable_tensor() = MakeRequest(3).tensor();
  (*request.mutable_tensor()->mutable_data())[1] = static_cast<char>(score);
  return request;
}

class MembershipTest : public ::testing::Test {
 protected:
  MembershipTest() { server_.Serve(); }

  grpc::Status Check(const v1::CheckMembershipRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    response_.Clear();
    return server_.stub().CheckMembership(&context, request, &response_);
  }
  void ExpectRefused(const v1::CheckMembershipRequest& request, const std::string& message) {
    const grpc::Status status = Check(request);
    EXPECT_EQ(status.error_code(), grpc::INVALID_ARGUMENT) << message;
    EXPECT_THAT(status.error_message(), HasSubstr(message));
  }

  TestServer server_{{}, {{.calibration = Calibration()}}};
  v1::CheckMembershipResponse response_;
};

TEST_F(MembershipTest, AnswersWithScoreDecisionAndTheRatesBehindIt) {
  v1::CheckMembershipRequest request = RequestOfScore(198);
  request.set_label(3);
  const grpc::Status status = Check(request);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response_.model().name(), "digits");
  EXPECT_EQ(response_.statistic(), v1::MEMBERSHIP_STATISTIC_MARGIN);
  EXPECT_NEAR(response_.score(), 198, 1e-3);
  EXPECT_EQ(response_.false_positive_rate(), 0.01);
  EXPECT_EQ(response_.reference().name(), "images outside the subset");
  EXPECT_EQ(response_.reference().source(), "made");
  EXPECT_EQ(response_.reference().count(), 199U);
  EXPECT_EQ(response_.reference().finest_rate(), 0.005);
  // At 0.01 one non-member may be as high: scores above 197 are called members.
  EXPECT_EQ(response_.true_positive_rate().members(), 2U);
  EXPECT_EQ(response_.true_positive_rate().detected(), 1U);
  EXPECT_EQ(response_.true_positive_rate().rate(), 0.5);
  EXPECT_NEAR(response_.true_positive_rate().lower(), 0.0125791, 1e-6);
  EXPECT_NEAR(response_.true_positive_rate().upper(), 0.9874209, 1e-6);
  EXPECT_EQ(response_.predicted().id(), 3U);
  EXPECT_EQ(response_.nearest().sample_index(), 3U);
  EXPECT_EQ(response_.nearest().rank(), 1U);
  EXPECT_FALSE(response_.nearest().has_sample());
  EXPECT_TRUE(response_.exact_match().empty());
}

TEST_F(MembershipTest, DecidesAtTheRateThatTheCallerAccepts) {
  v1::CheckMembershipRequest request = RequestOfScore(180);
  request.set_label(3);
  request.set_false_positive_rate(0.2);
  ASSERT_TRUE(Check(request).ok());
  // Scores pass through float pixels, so count those clearly above: 181 .. 198, and 180 or not.
  EXPECT_NEAR(response_.p_value(), 19.5 / 200, 0.5 / 200 + 1e-9);
  EXPECT_TRUE(response_.member());
  request.set_false_positive_rate(0.05);
  ASSERT_TRUE(Check(request).ok());
  EXPECT_FALSE(response_.member());
}

TEST_F(MembershipTest, AsksAboutTheClassThatIsNamedAndComparesWithItsOwnReference) {
  v1::CheckMembershipRequest request = RequestOfScore(120);
  ASSERT_TRUE(Check(request).ok());
  EXPECT_EQ(response_.p_value(), 0.005) << "without a label no non-member is as high";
  request.set_label(4);
  ASSERT_TRUE(Check(request).ok());
  EXPECT_NEAR(response_.score(), 121, 1e-3);
  EXPECT_GT(response_.p_value(), 0.3);
  EXPECT_EQ(response_.nearest().sample_index(), 4U);
  EXPECT_EQ(response_.predicted().id(), 3U);
}

TEST_F(MembershipTest, ReturnsTheNearestSampleWhenAsked) {
  v1::CheckMembershipRequest request = RequestOfScore(1);
  request.set_include_nearest(true);
  ASSERT_TRUE(Check(request).ok());
  EXPECT_EQ(response_.nearest().sample().source_id(), "fake#3");
  server_.model().store().Damage(3);
  ASSERT_TRUE(Check(request).ok());
  EXPECT_FALSE(response_.nearest().has_sample());
  EXPECT_EQ(response_.nearest().error().code(), grpc::DATA_LOSS);
  EXPECT_THAT(server_.metrics().Text(), testing::HasSubstr("\nprovnet_samples_damaged_total 1\n"));
}

TEST_F(MembershipTest, FindsSamplesByTheBytesInEveryFormInWhichTheyMayBeStored) {
  const v1::CheckMembershipRequest raw = RequestOfScore(200);
  const std::string& pixels = raw.tensor().data();
  server_.model().store().SetDuplicates(pixels, {7, 70});
  ASSERT_TRUE(Check(raw).ok());
  EXPECT_THAT(response_.exact_match(), ElementsAre(7, 70));

  const auto png = EncodePng({4, 4, 1, {pixels.begin(), pixels.end()}});
  ASSERT_TRUE(png.ok()) << png.status();
  v1::CheckMembershipRequest image;
  image.set_encoded_image(*png);
  ASSERT_TRUE(Check(image).ok());
  EXPECT_THAT(response_.exact_match(), ElementsAre(7, 70)) << "decoded";
  server_.model().store().SetDuplicates(*png, {8});
  ASSERT_TRUE(Check(image).ok());
  EXPECT_THAT(response_.exact_match(), testing::UnorderedElementsAre(7, 70, 8)) << "as sent";

  v1::CheckMembershipRequest floats;
  v1::Tensor& tensor = *floats.mutable_tensor();
  *tensor.mutable_spec() = raw.tensor().spec();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_FLOAT32);
  const auto append = [&tensor](float value) {
    tensor.mutable_data()->append(reinterpret_cast<const char*>(&value), sizeof value);
  };
  for (const char pixel : pixels) append(static_cast<float>(static_cast<uint8_t>(pixel)) / 255.0F);
  ASSERT_TRUE(Check(floats).ok());
  EXPECT_THAT(response_.exact_match(), ElementsAre(7, 70)) << "whole 255ths";
  tensor.mutable_data()->clear();
  for (size_t i = 0; i < pixels.size(); ++i) append(0.1234F);
  ASSERT_TRUE(Check(floats).ok());
  EXPECT_THAT(response_.exact_match(), ElementsAre());
}

TEST_F(MembershipTest, RefusesWhatMakesNoSense) {
  v1::CheckMembershipRequest request = RequestOfScore(1);
  for (const double rate : {0.0, 1.0, -0.5, 7.0, std::numeric_limits<double>::quiet_NaN()}) {
    request.set_false_positive_rate(rate);
    ExpectRefused(request, "above 0 and below 1");
  }
  request.set_false_positive_rate(0.004);
  ExpectRefused(request, "at least 0.005");
  request.clear_false_positive_rate();
  request.set_label(10);
  ExpectRefused(request, "label is 10, expected 0 .. 9");
  ExpectRefused(v1::CheckMembershipRequest(), "no input");
  request = RequestOfScore(1);
  request.mutable_tensor()->mutable_data()->pop_back();
  ExpectRefused(request, "tensor data has 15 bytes");
}

TEST_F(MembershipTest, CountsInTheMetricsUnderItsOwnName) {
  ASSERT_TRUE(Check(RequestOfScore(1)).ok());
  EXPECT_THAT(server_.metrics().Text(), HasSubstr("rpc=\"CheckMembership\""));
}

TEST_F(MembershipTest, SharesBatchesWithExplanations) {
  server_.model().CloseGate();
  const auto explain = [this] { EXPECT_TRUE(Explain(server_.stub(), MakeRequest(3)).ok()); };
  std::jthread first(explain);
  server_.model().AwaitBatches(1);
  std::jthread second(explain);
  std::jthread third([this] { EXPECT_TRUE(Check(RequestOfScore(1)).ok()); });
  server_.AwaitQueueDepth(2);
  server_.model().OpenGate();
  first.join();
  second.join();
  third.join();
  EXPECT_EQ(server_.model().batch_sizes(), (std::vector<size_t>{1, 2}));
}

TEST(MembershipWithoutReferenceTest, SaysHowToTrainOne) {
  TestServer server;
  server.Serve();
  grpc::ClientContext context;
  v1::CheckMembershipResponse response;
  const grpc::Status status = server.stub().CheckMembership(&context, RequestOfScore(1), &response);
  EXPECT_EQ(status.error_code(), grpc::FAILED_PRECONDITION);
  EXPECT_THAT(status.error_message(), HasSubstr("--membership-reference"));
}

}  // namespace
}  // namespace provnet
