#include "storage/tls/pem_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/testing/status_matchers.h"
#include "tests/testing/test_certificates.h"

namespace provnet {
namespace {

using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class PemCheckTest : public ::testing::Test {
 protected:
  const TestAuthority authority_{"authority"};
  const TestCertificate good_ = authority_.IssueForLoopback();
};

TEST_F(PemCheckTest, SaysWhenTheFirstOfAChainExpires) {
  const TestCertificate hour = authority_.Issue("client", "", 3600);
  const auto expiry = CheckCertificateAndKey(
      absl::StrCat(hour.certificate, authority_.certificate()), hour.key, absl::Now());
  ASSERT_THAT(expiry, IsOk());
  EXPECT_GT(*expiry, absl::Now() + absl::Minutes(50));
  EXPECT_LT(*expiry, absl::Now() + absl::Minutes(70));
}

TEST_F(PemCheckTest, RefusesACertificateAndAKeyThatAreNoPair) {
  const auto check = [this](const std::string& certificate, const std::string& key) {
    return CheckCertificateAndKey(certificate, key, absl::Now());
  };
  EXPECT_THAT(check(good_.certificate, authority_.IssueForLoopback().key),
              StatusIs(kInvalid, HasSubstr("the private key is not the certificate's")));
  EXPECT_THAT(check(good_.key, good_.certificate),
              StatusIs(kInvalid, HasSubstr("expected PEM, -----BEGIN CERTIFICATE-----")));
  EXPECT_THAT(check(good_.certificate, good_.certificate),
              StatusIs(kInvalid, HasSubstr("the private key can't be read, expected PEM")));
  const TestCertificate old = authority_.Issue("client", "", -60);
  EXPECT_THAT(check(old.certificate, old.key), StatusIs(kInvalid, HasSubstr("expired at")));
}

TEST_F(PemCheckTest, TakesAuthoritiesThatCanBeReadExpiredOrNot) {
  const std::string expired = authority_.Issue("old root", "", -60).certificate;
  EXPECT_THAT(CheckAuthorities(absl::StrCat("# a comment\n", authority_.certificate(), expired),
                               "the file"),
              IsOk());
  for (const std::string& pem :
       {std::string(), std::string("rubbish"), good_.key,
        std::string("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n")}) {
    EXPECT_THAT(CheckAuthorities(pem, "the file"),
                StatusIs(kInvalid, HasSubstr("the file: certificate 1 of it can't be read")));
  }
}

}  // namespace
}  // namespace provnet
