#ifndef PROVNET_TESTS_TESTING_TEST_CERTIFICATES_H_
#define PROVNET_TESTS_TESTING_TEST_CERTIFICATES_H_

#include <memory>
#include <string>

namespace provnet {

// A certificate and its key, in PEM.
struct TestCertificate {
  std::string certificate;
  std::string key;
};

// A certificate authority of P-256 keys, made on the spot. Not thread-safe.
class TestAuthority {
 public:
  explicit TestAuthority(const std::string& common_name);
  ~TestAuthority();

  // Its own certificate.
  const std::string& certificate() const { return certificate_; }

  // `alternative_names` as OpenSSL's configuration has them: "DNS:localhost,IP:127.0.0.1". Valid
  // from `valid_from_seconds` to `valid_seconds` after now.
  TestCertificate Issue(const std::string& common_name, const std::string& alternative_names,
                        long valid_seconds = 24 * 3600, long valid_from_seconds = -3600) const;
  TestCertificate IssueForLoopback() const { return Issue("server", "DNS:localhost,IP:127.0.0.1"); }

 private:
  struct Key;
  std::unique_ptr<Key> key_;
  std::string name_;
  std::string certificate_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_TESTING_TEST_CERTIFICATES_H_
