"""The same TorchScript model behind an ordinary Python gRPC server.

What many would write first, with Debian's python3-grpcio and python3-torch: a pool of threads, one
forward pass a request under torch.no_grad(), top-k and softmax on the index logits of the predicted
class. No batching. It answers Explain with tensors as ProvNet does (no image files, no exemplars'
contents) and GetModel, so the same load driver measures both.

    server.py --stubs=DIR --bundle=REPOSITORY/MODEL/VERSION --port-file=FILE

--stubs is a folder with what protoc made of proto/provnet/v1/*.proto; scripts/bench.sh makes it.
"""
import argparse
import concurrent.futures
import os
import signal
import sys


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--stubs", required=True)
    parser.add_argument("--bundle", required=True)
    parser.add_argument("--port-file", "--port_file", required=True)
    parser.add_argument("--workers", type=int, default=os.cpu_count(), help="calls that run at a time")
    parser.add_argument("--threads", type=int, default=1, help="LibTorch's threads within one call")
    return parser.parse_args()


ARGUMENTS = parse_arguments()
sys.path.insert(0, ARGUMENTS.stubs)

import grpc  # noqa: E402
import numpy  # noqa: E402
import torch  # noqa: E402
from google.protobuf import json_format  # noqa: E402
from provnet.v1 import bundle_pb2, provenance_service_pb2 as pb, provenance_service_pb2_grpc as pb_grpc, tensor_pb2  # noqa: E402


class Peer(pb_grpc.ProvenanceServiceServicer):
    def __init__(self, bundle):
        with open(os.path.join(bundle, "manifest.json"), encoding="utf-8") as file:
            self.manifest = json_format.Parse(file.read(), bundle_pb2.BundleManifest(), ignore_unknown_fields=True)
        if self.manifest.index_head.type != bundle_pb2.HEAD_TYPE_CLASS_CONDITIONAL:
            sys.exit(f"error: --bundle={bundle}: the peer serves class-conditional heads only")
        self.model = torch.jit.load(os.path.join(bundle, "model.pt")).eval()
        labels = numpy.load(os.path.join(bundle, "index", "labels.npy"))
        # The samples of each class; position p of the head's logits is the p-th of them.
        self.samples = [numpy.flatnonzero(labels == y) for y in range(len(self.manifest.class_names))]

    def Explain(self, request, context):
        spec = self.manifest.input
        shape = (1, spec.channels, spec.height, spec.width)
        if request.tensor.spec.data_type != tensor_pb2.DATA_TYPE_UINT8 or len(request.tensor.data) != numpy.prod(shape):
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, "expected a uint8 tensor of the model's input shape")
        pixels = numpy.frombuffer(request.tensor.data, dtype=numpy.uint8).astype(numpy.float32).reshape(shape)
        with torch.no_grad():
            class_logits, index_logits = self.model(torch.from_numpy(pixels) / 255)
            probability, predicted = torch.softmax(class_logits[0], 0).max(0)
            samples = self.samples[int(predicted)]
            index_logits = index_logits[0, : len(samples)]
            values, columns = torch.topk(index_logits, min(request.top_k or 5, len(samples)))
            scores = torch.exp(values - torch.logsumexp(index_logits, 0))
        return self.response(int(predicted), float(probability), samples, columns.tolist(), scores.tolist())

    def response(self, predicted, probability, samples, columns, scores):
        name = self.manifest.class_names[predicted]
        return pb.ExplainResponse(
            model=pb.ModelVersion(name=self.manifest.model, version=self.manifest.version),
            predicted=pb.ClassProbability(id=predicted, name=name, probability=probability),
            provenance=[
                pb.Exemplar(sample_index=int(samples[column]), rank=rank, score=score, label=predicted, label_name=name)
                for rank, (column, score) in enumerate(zip(columns, scores), start=1)
            ],
            label_agreement=1.0,
        )

    def GetModel(self, request, context):
        return pb.GetModelResponse(info=pb.ModelInfo(input=self.manifest.input))


def main():
    torch.set_num_threads(ARGUMENTS.threads)
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(max_workers=ARGUMENTS.workers))
    pb_grpc.add_ProvenanceServiceServicer_to_server(Peer(ARGUMENTS.bundle), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    partial = ARGUMENTS.port_file + ".partial"
    with open(partial, "w", encoding="utf-8") as file:
        file.write(f"grpc=127.0.0.1:{port}\n")
    os.replace(partial, ARGUMENTS.port_file)
    signal.signal(signal.SIGTERM, lambda *_: server.stop(grace=1))
    server.wait_for_termination()


if __name__ == "__main__":
    main()
