#ifndef PROVNET_PROTO_HEAD_NAME_H_
#define PROVNET_PROTO_HEAD_NAME_H_

#include <string>

#include "provnet/v1/bundle.pb.h"

namespace provnet {

// How people write a head, on command lines as in answers: "class-conditional" for
// HEAD_TYPE_CLASS_CONDITIONAL.
std::string HeadName(v1::HeadType head);

}  // namespace provnet

#endif  // PROVNET_PROTO_HEAD_NAME_H_
