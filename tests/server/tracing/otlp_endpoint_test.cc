#include "server/tracing/otlp_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace provnet {
namespace {

TEST(OtlpEndpointTest, NamesACollectorWithOrWithoutItsPort) {
  const struct {
    const char* text;
    const char* full;
    bool tls;
  } rows[] = {
      {"http://collector", "http://collector:4317", false},
      {"http://collector/", "http://collector:4317", false},
      {"https://otel.example.org:443", "https://otel.example.org:443", true},
      {"http://[::1]", "http://[::1]:4317", false},
      {"http://[fe80::1]:14317/", "http://[fe80::1]:14317", false},
  };
  for (const auto& row : rows) {
    const auto endpoint = ParseOtlpEndpoint(row.text);
    ASSERT_TRUE(endpoint.ok()) << row.text << ": " << endpoint.status();
    EXPECT_EQ(endpoint->ToString(), row.full);
    EXPECT_EQ(endpoint->tls, row.tls) << row.text;
  }
}

TEST(OtlpEndpointTest, RefusesOthersWithTheReason) {
  const std::pair<const char*, const char*> rows[] = {
      {"", "does not begin with"},
      {"collector:4317", "does not begin with"},
      {"grpc://collector:4317", "does not begin with"},
      {"http://collector:4318/v1/traces", "has a path"},
      {"http://collector:0", "port"},
      {"http://collector:65536", "port"},
      {"http://collector:otlp", "port"},
      {"http://", "names no host"},
      {"http://:4317", "names no host"},
      {"http://[]:4317", "names no host"},
      {"http://user@collector", "names no host"},
  };
  for (const auto& [text, why] : rows) {
    const auto endpoint = ParseOtlpEndpoint(text);
    ASSERT_EQ(endpoint.status().code(), absl::StatusCode::kInvalidArgument) << text;
    EXPECT_THAT(endpoint.status().message(),
                testing::AllOf(testing::HasSubstr(text), testing::HasSubstr(why)));
  }
}

}  // namespace
}  // namespace provnet
