#include "trainer/audit/html_text.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "storage/image/image.h"

namespace provnet {
namespace {

constexpr uint32_t kLargestSide = 128;
constexpr char kReplacement[] = "\xEF\xBF\xBD";

// JSON's writer knows which bytes are UTF-8; what it escapes is undone by reading it again.
std::string ValidUtf8(absl::string_view text) {
  const nlohmann::json bytes = std::string(text);
  const std::string quoted = bytes.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  return nlohmann::json::parse(quoted).get<std::string>();
}

Image ImageOf(const Dataset& data, uint64_t row) {
  const auto planes = data.image(row);
  Image image{data.width, data.height, data.channels, std::vector<uint8_t>(planes.size())};
  const size_t plane = size_t{data.height} * data.width;
  for (size_t i = 0; i < planes.size(); ++i) {
    image.pixels[(i % plane) * data.channels + i / plane] = planes[i];
  }
  const uint32_t side = std::max(image.width, image.height);
  if (side <= kLargestSide) return image;
  const uint32_t width = std::max(1U, image.width * kLargestSide / side);
  const uint32_t height = std::max(1U, image.height * kLargestSide / side);
  return Resize(std::move(image), width, height);
}

}  // namespace

std::string EscapedHtml(absl::string_view text) {
  std::string shown;
  for (const char c : ValidUtf8(text)) {
    const bool control = (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') ||
                         static_cast<unsigned char>(c) == 0x7F;
    if (control) {
      shown += kReplacement;
    } else {
      shown += c;
    }
  }
  return absl::StrReplaceAll(
      shown, {{"&", "&amp;"}, {"<", "&lt;"}, {">", "&gt;"}, {"\"", "&quot;"}, {"'", "&#39;"}});
}

std::string PictureTag(const Dataset& data, uint64_t row, absl::string_view alt) {
  const absl::StatusOr<std::string> png = EncodePng(ImageOf(data, row));
  if (!png.ok()) {
    return absl::StrCat("<span class=\"nopicture\">", EscapedHtml(png.status().message()),
                        "</span>");
  }
  return absl::StrCat("<img alt=\"", EscapedHtml(alt), "\" src=\"data:image/png;base64,",
                      absl::Base64Escape(*png), "\" />");
}

}  // namespace provnet
