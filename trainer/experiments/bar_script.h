#ifndef PROVNET_TRAINER_EXPERIMENTS_BAR_SCRIPT_H_
#define PROVNET_TRAINER_EXPERIMENTS_BAR_SCRIPT_H_

#include <string>

#include "trainer/experiments/experiment.h"

namespace provnet {

// The part of a gnuplot program that draws `plot`, which has bar names, as horizontal bars: data,
// axes and the plot command. Its text is within PlotScript's; a bar's height on the page is fixed,
// so the picture is BarPlotHeight pixels high.
std::string BarCommands(const Plot& plot);

int BarPlotHeight(const Plot& plot);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_BAR_SCRIPT_H_
