#include "storage/base/trace_context.h"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace provnet {
namespace {

// "00" "-" trace id "-" span id "-" flags
constexpr size_t kTraceAt = 3;
constexpr size_t kTraceDigits = 32;
constexpr size_t kSpanAt = kTraceAt + kTraceDigits + 1;
constexpr size_t kSpanDigits = 16;
constexpr size_t kFlagsAt = kSpanAt + kSpanDigits + 1;
constexpr size_t kLength = kFlagsAt + 2;

bool IsHex(absl::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return ('0' <= c && c <= '9') || ('a' <= c && c <= 'f'); });
}

bool IsId(absl::string_view text) {
  return IsHex(text) && text.find_first_not_of('0') != absl::string_view::npos;
}

// Later versions may go on behind another dash.
bool HasRightLength(absl::string_view text) {
  if (text.size() < kLength) return false;
  return text.size() == kLength || (text.substr(0, 2) != "00" && text[kLength] == '-');
}

// Not a secret, only improbable twice.
absl::InsecureBitGen& Generator() {
  thread_local absl::InsecureBitGen generator;
  return generator;
}

// Never zero.
std::string NewDigits() {
  return absl::StrFormat(
      "%016x", absl::Uniform<uint64_t>(Generator(), 1, std::numeric_limits<uint64_t>::max()));
}

}  // namespace

std::string TraceContext::ToString() const {
  return absl::StrCat("00-", trace_id, "-", span_id, sampled ? "-01" : "-00");
}

std::optional<TraceContext> ParseTraceParent(absl::string_view text) {
  if (!HasRightLength(text)) return std::nullopt;
  const absl::string_view version = text.substr(0, 2);
  const absl::string_view trace_id = text.substr(kTraceAt, kTraceDigits);
  const absl::string_view span_id = text.substr(kSpanAt, kSpanDigits);
  const absl::string_view flags = text.substr(kFlagsAt, 2);
  const bool dashes =
      text[kTraceAt - 1] == '-' && text[kSpanAt - 1] == '-' && text[kFlagsAt - 1] == '-';
  const bool valid = dashes && IsHex(version) && version != "ff" && IsId(trace_id) &&
                     IsId(span_id) && IsHex(flags);
  if (!valid) return std::nullopt;
  // The lowest bit; the others have no meaning yet.
  const bool sampled = absl::string_view("13579bdf").find(flags[1]) != absl::string_view::npos;
  return TraceContext{std::string(trace_id), std::string(span_id), sampled};
}

TraceContext ChildOf(const TraceContext& parent) {
  return {parent.trace_id, NewDigits(), parent.sampled};
}

std::optional<TraceContext> MaybeNewTrace(double share) {
  if (!absl::Bernoulli(Generator(), share)) return std::nullopt;
  return TraceContext{NewDigits() + NewDigits(), NewDigits(), true};
}

}  // namespace provnet
