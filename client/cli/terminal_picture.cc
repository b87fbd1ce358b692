#include "client/cli/terminal_picture.h"

#include <chafa.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace provnet {
namespace {

template <typename T, void (*Unref)(T*)>
struct Unreferencer {
  void operator()(T* object) const { Unref(object); }
};
template <typename T, void (*Unref)(T*)>
using Ref = std::unique_ptr<T, Unreferencer<T, Unref>>;
using SymbolMap = Ref<ChafaSymbolMap, chafa_symbol_map_unref>;
using CanvasConfig = Ref<ChafaCanvasConfig, chafa_canvas_config_unref>;
using Canvas = Ref<ChafaCanvas, chafa_canvas_unref>;
using TermInfo = Ref<ChafaTermInfo, chafa_term_info_unref>;

ChafaCanvasMode ModeOf(Terminal::Colour colour) {
  switch (colour) {
    case Terminal::Colour::kTrue:
      return CHAFA_CANVAS_MODE_TRUECOLOR;
    case Terminal::Colour::k256:
      return CHAFA_CANVAS_MODE_INDEXED_240;
    case Terminal::Colour::k16:
      return CHAFA_CANVAS_MODE_INDEXED_16;
    case Terminal::Colour::kNone:
      return CHAFA_CANVAS_MODE_FGBG;
  }
  return CHAFA_CANVAS_MODE_FGBG;
}

// Halves and quarters are in every font; the finer blocks are not.
CanvasConfig Configure(size_t columns, size_t rows, const Terminal& terminal) {
  SymbolMap symbols(chafa_symbol_map_new());
  const int tags = terminal.utf8 ? CHAFA_SYMBOL_TAG_SPACE | CHAFA_SYMBOL_TAG_SOLID |
                                       CHAFA_SYMBOL_TAG_HALF | CHAFA_SYMBOL_TAG_QUAD
                                 : CHAFA_SYMBOL_TAG_ASCII;
  chafa_symbol_map_add_by_tags(symbols.get(), static_cast<ChafaSymbolTags>(tags));
  CanvasConfig config(chafa_canvas_config_new());
  chafa_canvas_config_set_geometry(config.get(), static_cast<gint>(columns),
                                   static_cast<gint>(rows));
  chafa_canvas_config_set_canvas_mode(config.get(), ModeOf(terminal.colour));
  chafa_canvas_config_set_symbol_map(config.get(), symbols.get());
  chafa_canvas_config_set_work_factor(config.get(), 1.0F);
  // Contrast stretching would show a faint picture as a strong one.
  chafa_canvas_config_set_preprocessing_enabled(config.get(), FALSE);
  return config;
}

// Sequences for any terminal of that colour depth, so that output does not depend on TERM twice.
TermInfo SequencesFor() {
  return TermInfo(chafa_term_db_get_fallback_info(chafa_term_db_get_default()));
}

std::string Padded(std::string row, size_t columns, const Terminal& terminal) {
  if (terminal.colour != Terminal::Colour::kNone) return row;
  const size_t width = DisplayWidth(row);
  if (width < columns) row.append(columns - width, ' ');
  return row;
}

}  // namespace

std::vector<std::string> DrawPicture(const Image& image, size_t columns, size_t rows,
                                     const Terminal& terminal) {
  CanvasConfig config = Configure(columns, rows, terminal);
  Canvas canvas(chafa_canvas_new(config.get()));
  std::vector<uint8_t> rgb = image.pixels;
  if (image.channels == 1) {
    rgb.clear();
    for (uint8_t grey : image.pixels) rgb.insert(rgb.end(), 3, grey);
  }
  chafa_canvas_draw_all_pixels(canvas.get(), CHAFA_PIXEL_RGB8, rgb.data(),
                               static_cast<gint>(image.width), static_cast<gint>(image.height),
                               static_cast<gint>(image.width * 3));
  TermInfo sequences = SequencesFor();
  GString* printed = chafa_canvas_print(canvas.get(), sequences.get());
  std::vector<std::string> lines =
      absl::StrSplit(absl::string_view(printed->str, printed->len), '\n');
  g_string_free(printed, TRUE);
  lines.resize(rows);
  for (std::string& line : lines) line = Padded(std::move(line), columns, terminal);
  return lines;
}

}  // namespace provnet
