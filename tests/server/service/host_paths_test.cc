#include "server/service/host_paths.h"

#include <gtest/gtest.h>

#include "server/service/grpc_status.h"

namespace provnet {
namespace {

TEST(HostPathsTest, LeavesTheLastPartOfEachAbsolutePath) {
  const std::pair<const char*, const char*> rows[] = {
      {"sample 5: Corruption: block checksum mismatch in /srv/models/digits/1/samples/000012.sst "
       "offset 4096 size 100",
       "sample 5: Corruption: block checksum mismatch in 000012.sst offset 4096 size 100"},
      {"/srv/models/digits/", "digits"},
      {"cannot open \"/etc/provnet/key.pem\": no such file",
       "cannot open \"key.pem\": no such file"},
      {"IO error:/a/b: gone (/c/d, /e)", "IO error:b: gone (d, e)"},
      {"in /srv/my models/digits/1/000012.sst offset 4096", "in 000012.sst offset 4096"},
      {"ends in /srv/a ", "ends in a "},
      {"cannot open '/srv/our own models/key.pem': gone", "cannot open 'key.pem': gone"},
      {"cannot move /srv/a/b to /srv/c", "cannot move b to c"},
      {"/srv/a is \"/srv/b", "a is \"b"},
      {"/srv/a 3 / 4", "a 3 / 4"},
      {"digits/7/model.pt is cut short", "digits/7/model.pt is cut short"},
      {"see https://example.org/a/b", "see https://example.org/a/b"},
      {"3 / 4 and 1/2 and /", "3 / 4 and 1/2 and /"},
      {"", ""},
  };
  for (const auto& [text, expected] : rows) EXPECT_EQ(WithoutHostPaths(text), expected);
}

TEST(HostPathsTest, NoStatusTakesAPathToACaller) {
  const absl::Status status =
      absl::DataLossError("sample 5 in /srv/models/1/000012.sst is damaged");
  EXPECT_EQ(ToGrpcStatus(status).error_message(), "sample 5 in 000012.sst is damaged");
  EXPECT_EQ(ToRequestError(status).message(), "sample 5 in 000012.sst is damaged");
  const grpc::Status with_details = ToGrpcStatus(WithRetryDelay(status, absl::Seconds(1)));
  EXPECT_EQ(with_details.error_details().find("/srv"), std::string::npos);
}

}  // namespace
}  // namespace provnet
