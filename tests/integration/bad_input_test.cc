// What a caller gets for bad input over the wire; the server lives on and the caller's neighbours
// are served.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <functional>
#include <limits>

#include "client/client.h"
#include "tests/integration/server_process.h"
#include "tests/testing/temp_dir.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

v1::ExplainRequest GoodRequest() {
  v1::ExplainRequest request;
  request.mutable_model()->set_name("digits");
  v1::Tensor& tensor = *request.mutable_tensor();
  tensor.mutable_spec()->set_data_type(v1::DATA_TYPE_UINT8);
  for (uint32_t extent : {1U, 28U, 28U}) tensor.mutable_spec()->add_shape(extent);
  tensor.set_data(std::string(784, '\x40'));
  return request;
}

void SetFloats(v1::ExplainRequest& request, float odd_one) {
  std::vector<float> values(784, 0.5F);
  values[17] = odd_one;
  std::string bytes(values.size() * sizeof(float), '\0');
  std::memcpy(bytes.data(), values.data(), bytes.size());
  request.mutable_tensor()->mutable_spec()->set_data_type(v1::DATA_TYPE_FLOAT32);
  request.mutable_tensor()->set_data(bytes);
}

// A small PNG whose header claims 60,000 x 60,000 pixels; the pixel data itself is noise.
std::string PngBomb() {
  return std::string(
             "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\xea\x60\0\0\xea\x60\x08\x02\0\0\0\x0f\xb0\xe2\x15",
             33) +
         std::string(
             "\0\0\0\x40"
             "IDAT",
             8) +
         std::string(68, '\x78');
}

struct BadRequest {
  const char* name;
  std::function<void(v1::ExplainRequest&)> spoil;
  absl::StatusCode code;
  // What the message must name: the value and what was expected.
  std::vector<std::string> message;
};

const std::vector<BadRequest>& BadRequests() {
  using R = v1::ExplainRequest;
  constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;
  constexpr auto kNotFound = absl::StatusCode::kNotFound;
  static const auto* rows = new std::vector<BadRequest>{
      {"no input", [](R& r) { r.clear_tensor(); }, kInvalid, {"input"}},
      {"empty image", [](R& r) { r.set_encoded_image(""); }, kInvalid, {"empty"}},
      {"text as image",
       [](R& r) { r.set_encoded_image("hello, this is not an image"); },
       kInvalid,
       {"PNG", "JPEG"}},
      {"truncated image", [](R& r) { r.set_encoded_image(PngBomb().substr(0, 20)); }, kInvalid, {}},
      {"decompression bomb", [](R& r) { r.set_encoded_image(PngBomb()); }, kInvalid, {"60000"}},
      {"wrong rank",
       [](R& r) { r.mutable_tensor()->mutable_spec()->add_shape(1); },
       kInvalid,
       {"28"}},
      {"wrong shape",
       [](R& r) { r.mutable_tensor()->mutable_spec()->set_shape(1, 27); },
       kInvalid,
       {"27", "28"}},
      {"no shape",
       [](R& r) { r.mutable_tensor()->mutable_spec()->clear_shape(); },
       kInvalid,
       {"28"}},
      {"too few bytes",
       [](R& r) { r.mutable_tensor()->mutable_data()->pop_back(); },
       kInvalid,
       {"783", "784"}},
      {"no type",
       [](R& r) { r.mutable_tensor()->mutable_spec()->clear_data_type(); },
       kInvalid,
       {"UINT8", "FLOAT32"}},
      {"unknown type",
       [](R& r) {
         r.mutable_tensor()->mutable_spec()->set_data_type(static_cast<v1::DataType>(77));
       },
       kInvalid,
       {"77"}},
      {"NaN", [](R& r) { SetFloats(r, std::nanf("")); }, kInvalid, {"17"}},
      {"infinity",
       [](R& r) { SetFloats(r, -std::numeric_limits<float>::infinity()); },
       kInvalid,
       {"17"}},
      {"k of zero", [](R& r) { r.set_top_k(0); }, kInvalid, {"0", "top_k"}},
      {"k above N", [](R& r) { r.set_top_k(kTrainedGlyphs + 1); }, kInvalid, {"2001", "top_k"}},
      {"huge k",
       [](R& r) { r.set_top_k(std::numeric_limits<uint32_t>::max()); },
       kInvalid,
       {"4294967295"}},
      {"too many classes", [](R& r) { r.set_class_probability_count(11); }, kInvalid, {"11", "10"}},
      {"unknown model",
       [](R& r) { r.mutable_model()->set_name("horses"); },
       kNotFound,
       {"horses", "digits"}},
      {"no model name with two models",
       [](R& r) { r.mutable_model()->clear_name(); },
       kInvalid,
       {"digits", "vectors"}},
      {"unknown version", [](R& r) { r.mutable_model()->set_version(99); }, kNotFound, {"99"}},
  };
  return *rows;
}

class BadInputTest : public ::testing::Test {
 protected:
  BadInputTest()
      : server_(TrainedRepository(), {"--max-request-bytes=1048576"}, scratch_.path()),
        client_(server_.OneShotClient()) {}

  void SetUp() override { ASSERT_TRUE(server_.ready()) << server_.process().Log(); }
  void TearDown() override {
    EXPECT_TRUE(client_.Explain(GoodRequest()).ok()) << "the server must live on";
  }

  TempDir scratch_;
  ServerProcess server_;
  const Client client_;
};

void ExpectRefused(const BadRequest& row, const absl::Status& status) {
  EXPECT_EQ(status.code(), row.code) << row.name << ": " << status;
  for (const std::string& part : row.message)
    EXPECT_THAT(std::string(status.message()), HasSubstr(part)) << row.name;
}

TEST_F(BadInputTest, EachIsRefusedWithTheValueAndWhatWasExpected) {
  for (const BadRequest& row : BadRequests()) {
    v1::ExplainRequest request = GoodRequest();
    row.spoil(request);
    ExpectRefused(row, client_.Explain(request).status());
  }
}

TEST_F(BadInputTest, NeighboursInTheStreamAreServed) {
  std::vector<v1::ExplainRequest> requests;
  for (const BadRequest& row : BadRequests()) {
    requests.push_back(GoodRequest());
    requests.push_back(GoodRequest());
    row.spoil(requests.back());
  }
  const auto answers = client_.ExplainAll(requests);
  for (size_t i = 0; i < answers.size(); i += 2) {
    EXPECT_TRUE(answers[i].ok()) << "before \"" << BadRequests()[i / 2].name
                                 << "\": " << answers[i].status();
    ExpectRefused(BadRequests()[i / 2], answers[i + 1].status());
  }
}

TEST_F(BadInputTest, MessagesAboveTheLimitAreRefused) {
  v1::ExplainRequest request = GoodRequest();
  request.set_encoded_image(std::string(size_t{2} << 20, 'x'));
  const absl::Status status = client_.Explain(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kResourceExhausted) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("1048576"));
}

TEST_F(BadInputTest, UnknownSampleIndicesAreNamed) {
  v1::GetExemplarsRequest request;
  request.mutable_model()->set_name("digits");
  request.add_sample_index(0);
  request.add_sample_index(kTrainedGlyphs);
  const absl::Status status = client_.GetExemplars(request).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("2000"));
  request.clear_sample_index();
  EXPECT_EQ(client_.GetExemplars(request).status().code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace provnet
