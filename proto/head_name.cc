#include "proto/head_name.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace provnet {

std::string HeadName(v1::HeadType head) {
  const std::string name = v1::HeadType_Name(head);
  return absl::StrReplaceAll(absl::AsciiStrToLower(absl::StripPrefix(name, "HEAD_TYPE_")),
                             {{"_", "-"}});
}

}  // namespace provnet
