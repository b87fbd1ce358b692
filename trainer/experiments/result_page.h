#ifndef PROVNET_TRAINER_EXPERIMENTS_RESULT_PAGE_H_
#define PROVNET_TRAINER_EXPERIMENTS_RESULT_PAGE_H_

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "trainer/experiments/experiment.h"
#include "trainer/experiments/result_record.h"

namespace provnet {

// Draws a plot as an <svg> element, see DrawPlot.
using PlotDrawer = std::function<absl::StatusOr<std::string>(const Plot&, absl::string_view)>;

// The record for people: one self-contained HTML page, light or dark as the reader's system is,
// without scripts. Every text is escaped. Where `draw` fails, the page says why in the picture's
// place.
std::string ResultPage(const ResultRecord& record, const PlotDrawer& draw);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPERIMENTS_RESULT_PAGE_H_
