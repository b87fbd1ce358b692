#ifndef PROVNET_SERVER_SERVICE_REQUEST_LIMITS_H_
#define PROVNET_SERVER_SERVICE_REQUEST_LIMITS_H_

#include <cstddef>
#include <cstdint>

#include "storage/image/image.h"

namespace provnet {

// What one request may ask for. More is refused with the bound in the message.
struct RequestLimits {
  // Largest top_k, where the model has as many samples.
  uint32_t max_top_k = 1000;
  // Largest encoded image, in bytes and in pixels.
  ImageLimits image;
  // Most samples of one GetExemplars call.
  size_t max_exemplars = 1024;
  // Bytes of sample contents in one response. The default leaves room below the 4 MiB that a gRPC
  // client receives unless it is told otherwise.
  size_t max_content_bytes = (size_t{4} << 20) - (size_t{256} << 10);
  // Requests of one stream that are read and not yet answered; reading stops there.
  size_t max_stream_in_flight = 128;
};

}  // namespace provnet

#endif  // PROVNET_SERVER_SERVICE_REQUEST_LIMITS_H_
