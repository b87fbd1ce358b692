#include "server/model/library_environment.h"

#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "absl/strings/string_view.h"
#include "storage/base/available_cores.h"

namespace provnet {
namespace {

struct Variable {
  const char* name;
  std::string value;
};

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

bool IsSet(const char* variable) { return getenv(variable) != nullptr; }

std::vector<Variable> MissingVariables() {
  std::vector<Variable> missing;
  const char* kernels = FittingKernels();
  if (!IsSet("OPENBLAS_CORETYPE") && kernels != nullptr && LoadedKernels() == "Prescott") {
    missing.push_back({"OPENBLAS_CORETYPE", kernels});
  }
  const bool gnu_openmp = dlsym(RTLD_DEFAULT, "GOMP_parallel") != nullptr;
  if (gnu_openmp && !IsSet("GOMP_SPINCOUNT") && !IsSet("OMP_WAIT_POLICY")) {
    missing.push_back({"GOMP_SPINCOUNT", "0"});
  }
  if (!IsSet("OMP_NUM_THREADS"))
    missing.push_back({"OMP_NUM_THREADS", std::to_string(AvailableCores())});
  return missing;
}

}  // namespace

void FitLibraryEnvironment(char* const argv[]) {
  const std::vector<Variable> missing = MissingVariables();
  if (missing.empty()) return;
  // The real path rather than the link, from which ps would take the name "exe".
  std::error_code unreadable;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", unreadable);
  if (unreadable) return;
  for (const Variable& variable : missing)
    setenv(variable.name, variable.value.c_str(), /*overwrite=*/1);
  execv(program.c_str(), argv);
  // Reached only when the restart failed: go on with what there is.
  for (const Variable& variable : missing) unsetenv(variable.name);
}

}  // namespace provnet
