#include "storage/npy_header.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "storage/base/status_macros.h"

namespace provnet {
namespace {

constexpr char kMagic[] = "\x93NUMPY";
constexpr size_t kMagicBytes = sizeof(kMagic) - 1;
constexpr size_t kAlignment = 64;
// As many as NumPy allows.
constexpr size_t kMaxDimensions = 32;

// Recursive descent over the one shape of Python literal that NumPy writes.
class DictionaryParser {
 public:
  explicit DictionaryParser(absl::string_view text) : text_(text) {}

  absl::StatusOr<NpyHeader> Parse() {
    NpyHeader header;
    bool has_descr = false, has_order = false, has_shape = false;
    PROVNET_RETURN_IF_ERROR(Expect('{'));
    while (!Accept('}')) {
      PROVNET_ASSIGN_OR_RETURN(const std::string key, String());
      PROVNET_RETURN_IF_ERROR(Expect(':'));
      if (key == "descr" && !std::exchange(has_descr, true)) {
        PROVNET_ASSIGN_OR_RETURN(header.descr, String());
      } else if (key == "fortran_order" && !std::exchange(has_order, true)) {
        PROVNET_ASSIGN_OR_RETURN(header.fortran_order, Boolean());
      } else if (key == "shape" && !std::exchange(has_shape, true)) {
        PROVNET_ASSIGN_OR_RETURN(header.shape, Tuple());
      } else {
        return Error(absl::StrCat("unexpected or repeated key '", key, "'"));
      }
      if (!Accept(',')) {
        PROVNET_RETURN_IF_ERROR(Expect('}'));
        break;
      }
    }
    SkipSpace();
    if (position_ != text_.size()) return Error("text after the dictionary");
    if (!has_descr || !has_order || !has_shape) {
      return Error("the keys descr, fortran_order and shape are required");
    }
    return header;
  }

 private:
  absl::Status Error(absl::string_view what) const {
    return absl::InvalidArgumentError(
        absl::StrCat("malformed .npy header: ", what, " at byte ", position_));
  }

  void SkipSpace() {
    while (position_ < text_.size() && absl::ascii_isspace(text_[position_])) ++position_;
  }

  bool Accept(char wanted) {
    SkipSpace();
    if (position_ == text_.size() || text_[position_] != wanted) return false;
    ++position_;
    return true;
  }

  absl::Status Expect(char wanted) {
    return Accept(wanted) ? absl::OkStatus()
                          : Error(absl::StrCat("expected '", std::string(1, wanted), "'"));
  }

  absl::StatusOr<std::string> String() {
    PROVNET_RETURN_IF_ERROR(Expect('\''));
    const size_t end = text_.find('\'', position_);
    if (end == absl::string_view::npos) return Error("unterminated string");
    const std::string value(text_.substr(position_, end - position_));
    position_ = end + 1;
    return value;
  }

  absl::string_view Word() {
    SkipSpace();
    const size_t start = position_;
    while (position_ < text_.size() && absl::ascii_isalnum(text_[position_])) ++position_;
    return text_.substr(start, position_ - start);
  }

  absl::StatusOr<bool> Boolean() {
    const absl::string_view word = Word();
    if (word == "True") return true;
    if (word == "False") return false;
    return Error("expected True or False");
  }

  absl::StatusOr<std::vector<uint64_t>> Tuple() {
    std::vector<uint64_t> extents;
    PROVNET_RETURN_IF_ERROR(Expect('('));
    while (!Accept(')')) {
      uint64_t extent = 0;
      if (!absl::SimpleAtoi(Word(), &extent)) return Error("expected an extent");
      if (extents.size() == kMaxDimensions) return Error("more than 32 dimensions");
      extents.push_back(extent);
      if (!Accept(',')) {
        PROVNET_RETURN_IF_ERROR(Expect(')'));
        break;
      }
    }
    return extents;
  }

  const absl::string_view text_;
  size_t position_ = 0;
};

}  // namespace

std::string EncodeNpyHeader(absl::string_view descr, absl::Span<const uint64_t> shape) {
  std::string dictionary =
      absl::StrCat("{'descr': '", descr, "', 'fortran_order': False, 'shape': (");
  for (size_t i = 0; i < shape.size(); ++i) {
    // A tuple of one needs its comma.
    absl::StrAppend(&dictionary, i == 0 ? "" : " ", shape[i],
                    i + 1 < shape.size() || shape.size() == 1 ? "," : "");
  }
  absl::StrAppend(&dictionary, "), }");
  const size_t unpadded = kNpyPreambleBytes + dictionary.size() + 1;
  dictionary.append((kAlignment - unpadded % kAlignment) % kAlignment, ' ');
  dictionary.push_back('\n');

  std::string header(kMagic, kMagicBytes);
  header.append({'\x01', '\x00', static_cast<char>(dictionary.size() & 0xff),
                 static_cast<char>(dictionary.size() >> 8)});
  return header + dictionary;
}

absl::StatusOr<size_t> ParseNpyPreamble(absl::string_view preamble) {
  if (preamble.size() < kNpyPreambleBytes ||
      preamble.substr(0, kMagicBytes) != absl::string_view(kMagic, kMagicBytes)) {
    return absl::InvalidArgumentError("malformed .npy header: it does not start with \\x93NUMPY");
  }
  const auto byte = [&](size_t i) { return static_cast<uint8_t>(preamble[i]); };
  if (byte(6) != 1 || byte(7) != 0) {
    return absl::InvalidArgumentError(absl::StrCat("malformed .npy header: format version ",
                                                   int{byte(6)}, ".", int{byte(7)},
                                                   ", expected 1.0"));
  }
  const size_t length = byte(8) | size_t{byte(9)} << 8;
  return length;
}

absl::StatusOr<NpyHeader> ParseNpyDictionary(absl::string_view dictionary) {
  return DictionaryParser(dictionary).Parse();
}

}  // namespace provnet
