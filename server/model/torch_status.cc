#include "server/model/torch_status.h"

#include <new>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "c10/util/Exception.h"

namespace provnet {
namespace {

// LibTorch's messages go on with C++ stack frames and source excerpts; the first line says what was
// wrong. Where TorchScript ran, what was wrong stands after the excerpt, behind "RuntimeError: ".
absl::string_view Reason(absl::string_view text) {
  constexpr absl::string_view kInterpreter =
      "The following operation failed in the TorchScript interpreter.";
  constexpr absl::string_view kError = "\nRuntimeError: ";
  const size_t error = text.rfind(kError);
  if (absl::StartsWith(text, kInterpreter) && error != absl::string_view::npos) {
    text.remove_prefix(error + kError.size());
  }
  return text.substr(0, text.find('\n'));
}

absl::Status FromText(absl::string_view action, absl::string_view text) {
  const std::string message = absl::StrCat("cannot ", action, ": ", Reason(text));
  const bool out_of_memory = absl::StrContains(text, "not enough memory") ||
                             absl::StrContains(text, "can't allocate memory") ||
                             absl::StrContains(text, "out of memory");
  return out_of_memory ? absl::ResourceExhaustedError(message) : absl::InternalError(message);
}

}  // namespace

absl::Status CurrentTorchError(absl::string_view action) {
  try {
    throw;
  } catch (const c10::Error& error) {
    return FromText(action, error.what_without_backtrace());
  } catch (const std::bad_alloc&) {
    return absl::ResourceExhaustedError(absl::StrCat("cannot ", action, ": out of memory"));
  } catch (const std::exception& error) {
    return FromText(action, error.what());
  }
}

}  // namespace provnet
