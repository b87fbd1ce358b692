#ifndef PROVNET_TRAINER_EXPERIMENTS_GNUPLOT_H_
#define PROVNET_TRAINER_EXPERIMENTS_GNUPLOT_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trainer/experiments/experiment.h"

namespace provnet {

// `plot` as an <svg> element, drawn by the program gnuplot, which is looked for on PATH. `name` as
// for PlotScript. Takes about 50 ms. NOT_FOUND when gnuplot is not installed; INVALID_ARGUMENT for
// a plot without points; INTERNAL with gnuplot's own words when it fails.
absl::StatusOr<std::string> DrawPlot(const Plot& plot, absl::string_view name);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_GNUPLOT_H_
