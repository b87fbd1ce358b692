#ifndef PROVNET_TESTS_STORAGE_UNPRIVILEGED_SCOPE_H_
#define PROVNET_TESTS_STORAGE_UNPRIVILEGED_SCOPE_H_

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace provnet {

// While it lives, the process has no right to ignore file permissions: root acts as "nobody",
// others are as they were.
class UnprivilegedScope {
 public:
  UnprivilegedScope() : was_root_(::geteuid() == 0) {
    if (was_root_ && ::seteuid(65534) != 0) Fail();
  }
  ~UnprivilegedScope() {
    if (was_root_ && ::seteuid(0) != 0) Fail();
  }
  UnprivilegedScope(const UnprivilegedScope&) = delete;
  UnprivilegedScope& operator=(const UnprivilegedScope&) = delete;

 private:
  [[noreturn]] static void Fail() {
    std::perror("seteuid");
    std::abort();
  }

  const bool was_root_;
};

}  // namespace provnet

#endif  // PROVNET_TESTS_STORAGE_UNPRIVILEGED_SCOPE_H_
