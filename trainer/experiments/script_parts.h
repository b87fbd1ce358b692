#ifndef PROVNET_TRAINER_EXPERIMENTS_SCRIPT_PARTS_H_
#define PROVNET_TRAINER_EXPERIMENTS_SCRIPT_PARTS_H_

#include <cstddef>
#include <string>

#include "absl/strings/string_view.h"

namespace provnet {

// A gnuplot string in which nothing is markup or a command; control characters become blanks.
std::string QuotedForGnuplot(absl::string_view text);

// The colour of a plot's series `index`, in turns: readable on white and on near-black, and for
// colour-blind eyes (after Okabe and Ito).
const char* PlotColor(size_t index);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_SCRIPT_PARTS_H_
