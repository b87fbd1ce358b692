#ifndef PROVNET_STORAGE_STORE_SNAPSHOT_H_
#define PROVNET_STORAGE_STORE_SNAPSHOT_H_

#include <string>

#include "provnet/v1/bundle.pb.h"

namespace provnet {

// Names the sample store of a bundle by its content: 16 hexadecimal digits of the sha256 over the
// paths and digests of its files. Equal ids: under each index the same sample, byte for byte.
std::string StoreSnapshotId(const v1::BundleManifest& manifest);

}  // namespace provnet

#endif  // PROVNET_STORAGE_STORE_SNAPSHOT_H_
