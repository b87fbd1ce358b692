#ifndef PROVNET_TRAINER_EXPORT_REPORT_H_
#define PROVNET_TRAINER_EXPORT_REPORT_H_

#include <string>

#include "provnet/v1/bundle.pb.h"

namespace provnet {

// A published bundle's metrics as a small table for people.
std::string FormatReport(const v1::BundleManifest& manifest);

}  // namespace provnet

#endif  // PROVNET_TRAINER_EXPORT_REPORT_H_
