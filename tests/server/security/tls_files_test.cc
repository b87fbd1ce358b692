#include "server/security/tls_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/base/atomic_file.h"
#include "tests/server/security/recording_probe.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/temp_dir.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class TlsFilesTest : public ::testing::Test {
 protected:
  TlsFilesTest() {
    Write("client-ca.pem", authority_.certificate());
    WritePair(good_);
  }

  void Write(const std::string& name, const std::string& contents) {
    ASSERT_TRUE(WriteFileAtomically(folder_ / name, contents).ok());
  }
  void WritePair(const TestCertificate& pair) {
    Write("cert.pem", pair.certificate);
    Write("key.pem", pair.key);
  }

  absl::StatusOr<std::unique_ptr<TlsFiles>> Open() {
    return TlsFiles::Open({folder_ / "cert.pem", folder_ / "key.pem", folder_ / "client-ca.pem",
                           absl::ZeroDuration()},
                          probe_);
  }

  const TestAuthority authority_{"authority"};
  const TestCertificate good_ = authority_.IssueForLoopback();
  TempDir folder_;
  RecordingProbe probe_;
};

TEST_F(TlsFilesTest, HasWhatTheFilesHoldAndSaysWhenItExpires) {
  Write("cert.pem", absl::StrCat(good_.certificate, authority_.certificate()));
  const auto tls = Open();
  ASSERT_THAT(tls, IsOk());
  EXPECT_EQ((*tls)->current().materials->private_key, good_.key);
  EXPECT_EQ((*tls)->current().materials->client_ca, authority_.certificate());
  for (const std::string what : {"server", "client CA"}) {
    const absl::Duration left = probe_.expiries()[what] - absl::Now();
    EXPECT_GT(left, absl::Hours(23)) << what;
    EXPECT_LT(left, absl::Hours(25)) << what;
  }
}

TEST_F(TlsFilesTest, TakesANewPairOnceBothFilesAreThere) {
  const auto tls = Open();
  ASSERT_THAT(tls, IsOk());
  const uint64_t before = (*tls)->current().number;
  const TestCertificate next = authority_.IssueForLoopback();
  Write("cert.pem", next.certificate);
  (*tls)->Poll();
  EXPECT_EQ((*tls)->current().materials->certificate_chain, good_.certificate);
  ASSERT_THAT(probe_.failures(), SizeIs(1));
  EXPECT_THAT(probe_.failures()[0], StatusIs(kInvalid, HasSubstr("not the certificate's")));
  Write("key.pem", next.key);
  (*tls)->Poll();
  EXPECT_EQ((*tls)->current().materials->certificate_chain, next.certificate);
  EXPECT_GT((*tls)->current().number, before);
}

// WatchedFiles tries again what was refused.
TEST_F(TlsFilesTest, ACertificateThatIsNotValidYetIsTakenOnceItIs) {
  const TestCertificate early = authority_.Issue("server", "DNS:localhost", 7200, 3600);
  const TlsMaterials materials{early.certificate, early.key, ""};
  EXPECT_THAT(CheckTlsMaterials(materials, absl::Now()),
              StatusIs(kInvalid, HasSubstr("not valid before")));
  EXPECT_THAT(CheckTlsMaterials(materials, absl::Now() + absl::Minutes(90)), IsOk());
  EXPECT_THAT(CheckTlsMaterials(materials, absl::Now() + absl::Hours(3)),
              StatusIs(kInvalid, HasSubstr("expired at")));
}

TEST_F(TlsFilesTest, KeepsWhatWorksWhateverComes) {
  const auto tls = Open();
  ASSERT_THAT(tls, IsOk());
  const TestCertificate other = authority_.IssueForLoopback();
  const TestCertificate expired = authority_.Issue("server", "DNS:localhost", -60);
  struct Row {
    std::string certificate, key, client_ca, reason;
  };
  const std::string& ca = authority_.certificate();
  const std::string cut = good_.certificate.substr(0, good_.certificate.size() / 2);
  const Row rows[] = {
      {"", good_.key, ca, "certificate 1 of it can't be read"},
      {"rubbish", good_.key, ca, "certificate 1 of it can't be read"},
      {cut, good_.key, ca, "certificate 1 of it can't be read"},
      {absl::StrCat(good_.certificate, cut), good_.key, ca, "certificate 2 of it can't be read"},
      {good_.certificate, "rubbish", ca, "the private key can't be read"},
      {good_.certificate, std::string("\0", 1) + good_.key, ca, "zero byte"},
      {good_.certificate, other.key, ca, "the private key is not the certificate's"},
      {expired.certificate, expired.key, ca, "expired at"},
      {good_.certificate, good_.key, "", "the client CA is empty"},
      {good_.certificate, good_.key, "rubbish", "the client CA: certificate 1 of it can't be read"},
  };
  for (const Row& row : rows) {
    const size_t failures = probe_.failures().size();
    WritePair({row.certificate, row.key});
    Write("client-ca.pem", row.client_ca);
    (*tls)->Poll();
    ASSERT_THAT(probe_.failures(), SizeIs(failures + 1)) << row.reason;
    EXPECT_THAT(probe_.failures().back(),
                StatusIs(kInvalid, AllOf(HasSubstr(row.reason), HasSubstr(".pem: "),
                                         Not(HasSubstr("PRIVATE KEY")))));
    EXPECT_EQ((*tls)->current().materials->certificate_chain, good_.certificate);
    EXPECT_EQ((*tls)->current().materials->private_key, good_.key);
    EXPECT_EQ((*tls)->current().materials->client_ca, ca);
  }
}

TEST_F(TlsFilesTest, NothingStartsWithWhatCantBeUsed) {
  Write("key.pem", authority_.IssueForLoopback().key);
  EXPECT_THAT(Open(), StatusIs(kInvalid, HasSubstr("key.pem")));
  std::filesystem::remove(folder_ / "key.pem");
  EXPECT_THAT(Open(), StatusIs(absl::StatusCode::kNotFound, HasSubstr("key.pem")));
}

}  // namespace
}  // namespace provnet
