#ifndef PROVNET_TRAINER_EXPERIMENTS_PLOT_SCRIPT_H_
#define PROVNET_TRAINER_EXPERIMENTS_PLOT_SCRIPT_H_

#include <filesystem>
#include <string>

#include "absl/strings/string_view.h"
#include "trainer/experiments/experiment.h"

namespace provnet {

// The gnuplot program that draws `plot` to `output` as SVG. `name`, letters and digits, keeps its
// element ids apart from other pictures' on one page. Texts appear as they are: nothing in them is
// markup or a command. Points that can't be drawn (not finite, or x <= 0 on a logarithmic axis) are
// left out.
std::string PlotScript(const Plot& plot, absl::string_view name,
                       const std::filesystem::path& output);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_PLOT_SCRIPT_H_
