#include "server/model/blas_kernels.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <system_error>

#include "absl/strings/string_view.h"

namespace provnet {
namespace {

constexpr char kVariable[] = "OPENBLAS_CORETYPE";

// What OpenBLAS runs on, or "" when another BLAS is loaded.
absl::string_view LoadedKernels() {
  using CoreName = char* (*)();
  const auto core_name = reinterpret_cast<CoreName>(dlsym(RTLD_DEFAULT, "openblas_get_corename"));
  return core_name == nullptr ? "" : core_name();
}

// The kernels for this processor's instructions, or null when the fallback is right.
const char* FittingKernels() {
#if defined(__x86_64__) && defined(__GNUC__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")) {
    return "SKYLAKEX";
  }
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "HASWELL";
#endif
  return nullptr;
}

}  // namespace

void FitBlasKernels(char* const argv[]) {
  if (getenv(kVariable) != nullptr) return;
  const char* fitting = FittingKernels();
  if (fitting == nullptr || LoadedKernels() != "Prescott") return;
  // The real path rather than the link, from which ps would take the name "exe".
  std::error_code unreadable;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unreadable);
  if (unreadable) return;
  setenv(kVariable, fitting, /*overwrite=*/1);
  execv(program.c_str(), argv);
  // Reached only when the restart failed: go on with what there is.
  unsetenv(kVariable);
}

}  // namespace provnet
