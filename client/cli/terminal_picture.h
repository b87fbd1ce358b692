#ifndef PROVNET_CLIENT_CLI_TERMINAL_PICTURE_H_
#define PROVNET_CLIENT_CLI_TERMINAL_PICTURE_H_

#include <cstddef>
#include <string>
#include <vector>

#include "client/cli/terminal.h"
#include "storage/image/image.h"

namespace provnet {

// `image` in `columns` x `rows` character cells, one string a row, every row exactly `columns` wide
// (at least 1 x 1). In colour a cell holds two or more pixels; without, light pixels become block
// characters, or ASCII where there is no UTF-8. The caller keeps the aspect ratio: a cell is about
// twice as high as wide.
std::vector<std::string> DrawPicture(const Image& image, size_t columns, size_t rows,
                                     const Terminal& terminal);

}  // namespace provnet

#endif  // PROVNET_CLIENT_CLI_TERMINAL_PICTURE_H_
