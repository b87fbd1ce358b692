#include "trainer/network/torch_errors.h"

#include <torch/torch.h>

#include <exception>
#include <new>

#include "absl/strings/str_cat.h"

namespace provnet {

absl::Status CurrentExceptionToStatus(absl::string_view action) {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("out of memory while ", action));
  } catch (const c10::Error& error) {
    return absl::InternalError(
        absl::StrCat("LibTorch failed while ", action, ": ", error.what_without_backtrace()));
  } catch (const std::exception& error) {
    return absl::InternalError(absl::StrCat("failed while ", action, ": ", error.what()));
  } catch (...) {
    return absl::InternalError(absl::StrCat("failed while ", action, ": unknown exception"));
  }
}

}  // namespace provnet
