"""Values that contradict each other, or that nobody knows, end the rendering with the reason."""

import unittest

import tools
from tools import LEAST, overlay


def s3(endpoint: str, ports: list[int] = [443]) -> dict:
    return {"model": {"source": "s3", "s3": {"endpoint": endpoint, "bucket": "b"}, "pvc": {"claimName": ""}}, "networkPolicy": {"modelSourcePorts": ports}}


def oci(reference: str, ports: list[int] = [443], **further) -> dict:
    return {"model": {"source": "oci", "oci": {"reference": reference, **further}, "pvc": {"claimName": ""}}, "networkPolicy": {"modelSourcePorts": ports}}


def renewed(duration: str, before: str) -> dict:
    return {"tls": {"enabled": True, "certManager": {"enabled": True, "issuerName": "i", "duration": duration, "renewBefore": before}},
            "tests": {"enabled": False}}


# What is set, over the least that is needed; what the refusal has to say.
REFUSED = [
    ({"autoscaling": {"enabled": True}, "replicas": 3}, "replicas is 3 while autoscaling.enabled is true"),
    ({"autoscaling": {"enabled": True, "minReplicas": 5, "maxReplicas": 4}}, "autoscaling.minReplicas is 5, more than"),
    ({"autoscaling": {"enabled": True, "cpu": {"targetUtilization": None}}}, "without anything to scale by"),
    ({"autoscaling": {"enabled": True}, "resources": {"requests": {"cpu": None}}}, "a share of resources.requests.cpu, which is not set"),
    ({"autoscaling": {"enabled": True, "engine": "keda", "queueWait": {"targetMilliseconds": 9}}}, "autoscaling.keda.prometheusAddress is empty"),
    ({"terminationGracePeriodSeconds": 20}, "terminationGracePeriodSeconds is 20, but preStopSeconds and server.drainTimeoutSeconds are 20"),
    ({"terminationGracePeriodSeconds": 30, "server": {"drainTimeoutSeconds": 60}}, "requests in flight would be cut by SIGKILL"),
    ({"server": {"device": "cuda"}}, "server.device is cuda without a GPU resource"),
    ({"server": {"device": "cpu"}, "gpu": {"enabled": True}}, "server.device is cpu while gpu.enabled is true"),
    ({"server": {"device": "cuda:1"}, "gpu": {"enabled": True}}, "server.device is cuda:1, but a pod gets gpu.count=1"),
    ({"gpu": {"enabled": True}, "resources": {"limits": {"nvidia.com/gpu": 1}}}, "resources.limits names nvidia.com/gpu"),
    ({"model": {"pvc": {"claimName": ""}}}, "model.pvc.claimName is empty"),
    ({"model": {"source": "s3"}}, "model.s3.bucket is empty"),
    ({"model": {"s3": {"bucket": "b"}}}, "model.s3.bucket is b, which model.source=pvc does not use"),
    ({"podDisruptionBudget": {"maxUnavailable": 1, "minAvailable": 1}}, "podDisruptionBudget has both"),
    ({"podDisruptionBudget": {"minAvailable": 2}}, "no node with one could be drained"),
    ({"podDisruptionBudget": {"minAvailable": "100%"}}, "podDisruptionBudget.minAvailable is 100% and there may be only 2 pods"),
    ({"podDisruptionBudget": {"minAvailable": "51%"}}, "of which 2 would have to stay"),
    ({"podDisruptionBudget": {"minAvailable": "67%"}, "autoscaling": {"enabled": True, "minReplicas": 3}}, "of which 3 would have to stay"),
    ({"podDisruptionBudget": {"maxUnavailable": 0}}, "podDisruptionBudget.maxUnavailable is 0"),
    ({"rollout": {"maxSurge": 0}}, "no pod could ever be replaced"),
    ({"rollout": {"minReadySeconds": 600}}, "rollout.progressDeadlineSeconds is 600, not more than rollout.minReadySeconds, 600"),
    ({"resources": {"requests": {"memory": "5Gi"}, "limits": {"memory": "4Gi"}}}, "resources.requests.memory is 5Gi, more than resources.limits.memory, 4Gi"),
    ({"resources": {"requests": {"memory": "4.1G"}, "limits": {"memory": "3900Mi"}}}, "resources.requests.memory is 4.1G"),
    ({"resources": {"requests": {"cpu": "2500m"}, "limits": {"cpu": 2}}}, "resources.requests.cpu is 2500m, more than resources.limits.cpu, 2"),
    ({"fullnameOverride": "my.app"}, "the objects would be named my.app"),
    ({"fullnameOverride": "7digits"}, "the objects would be named 7digits"),
    ({"commonLabels": {"helm.sh/chart": "mine"}}, "commonLabels has helm.sh/chart, by which"),
    ({"podLabels": {"app.kubernetes.io/component": "mine"}}, "podLabels has app.kubernetes.io/component, by which"),
    ({"service": {"type": "LoadBalancer"}}, "nobody could call from outside the cluster"),
    ({"networkPolicy": {"callers": []}}, "nobody could call"),
    ({"networkPolicy": {"callers": [{"name": "a", "from": [{"podSelector": {}}]}] * 2}}, "has a name twice"),
    ({"networkPolicy": {"monitoring": []}, "monitoring": {"podMonitor": {"enabled": True}}}, "lets nobody read metrics"),
    (s3("https://minio:9000"), "model.s3.endpoint is https://minio:9000, which is port 9000, but networkPolicy.modelSourcePorts opens only 443"),
    (s3("http://minio"), "which is port 80"),
    (s3("http://[fd00::9]/path:1"), "which is port 80"),
    (s3("https://[fd00::9]:9000/"), "which is port 9000"),
    (s3("https://minio", ports=[9000, 9001]), "which is port 443, but networkPolicy.modelSourcePorts opens only 9000, 9001"),
    (s3("", ports=[9000]), "model.s3.endpoint is empty (Amazon's), which is port 443"),
    (oci("reg:5000/models/digits:7"), "model.oci.reference is reg:5000/models/digits:7, which is port 5000"),
    (oci("reg/models/digits:7", plainHttp=True), "with model.oci.plainHttp, which is port 80"),
    (oci("reg/models/digits:7", ports=[80]), "which is port 443"),
    ({"networkPolicy": {"collector": [{"podSelector": {}}]}}, "but server.otlpEndpoint is empty: none are sent"),
    ({"ports": {"http": 8500}}, "ports.grpc and ports.http are both 8500"),
    ({"ports": {"health": 8501}}, "ports.http and ports.health are both 8501"),
    ({"state": {"claimName": "c"}, "replicas": 1, "rollout": {"maxSurge": 0, "maxUnavailable": 1}}, "state.claimName is c, but state.enabled is false"),
    ({"state": {"enabled": True, "claimName": "c"}, "rollout": {"maxSurge": 0, "maxUnavailable": 1}}, "with more than one pod"),
    ({"state": {"enabled": True, "claimName": "c"}, "replicas": 1}, "with rollout.maxSurge=1"),
    ({"auth": {"policy": {"roles": [{"name": "r", "membership_budget": {"queries": 9}}]}, "tokensSecret": "t"}, "tests": {"tokenSecret": "t"}},
     "auth.policy gives the role r a membership budget"),
    ({"audit": {"subPath": "a"}}, "audit.claimName is empty: nothing would be recorded"),
    ({"auth": {"policy": {"roles": []}, "policyConfigMap": "p", "tokensSecret": "t"}, "tests": {"tokenSecret": "t"}}, "are both given"),
    ({"auth": {"tokensSecret": "t"}}, "auth.tokensSecret is t without a policy"),
    ({"auth": {"policyConfigMap": "p"}, "tests": {"enabled": False}}, "neither auth.tokensSecret nor tls.clientCertificates"),
    ({"auth": {"policyConfigMap": "p", "tokensSecret": "t"}}, "tests.tokenSecret is empty"),
    ({"tls": {"enabled": True}, "tests": {"enabled": False}}, "tls.enabled is true without a certificate"),
    ({"tls": {"secretName": "s"}}, "but tls.enabled is false: calls would travel in the clear"),
    ({"tls": {"enabled": True, "secretName": "s", "clientCertificates": True}, "tests": {"enabled": False}}, "tls.clientCaSecret is empty"),
    ({"tls": {"enabled": True, "secretName": "s", "clientCaSecret": "c"}, "tests": {"enabled": False}}, "nobody would be asked"),
    ({"tls": {"enabled": True, "certManager": {"enabled": True}}, "tests": {"enabled": False}}, "issuerName is empty. Name the Issuer"),
    (renewed("720h", before="720h"), "tls.certManager.renewBefore is 720h, not less than tls.certManager.duration, 720h"),
    (renewed("1.5h", before="1h30m0.001s"), "due for renewal as soon as it is made"),
    ({"tls": {"enabled": True, "secretName": "s"}}, "tests.tlsSecret is empty"),
    ({"server": {"handshakeTimeout": "inf"}}, "server.handshakeTimeout is inf, expected 1ms to 1h"),
    ({"server": {"handshakeTimeout": "61m"}}, "server.handshakeTimeout is 61m"),
    ({"server": {"repositoryPollInterval": "inf"}}, "server.repositoryPollInterval is inf, expected 10ms to 24h"),
    ({"server": {"repositoryPollInterval": "9ms"}}, "server.repositoryPollInterval is 9ms"),
    ({"server": {"maxConnectionIdle": "0s"}}, "server.maxConnectionIdle is 0s, expected 1ms to inf"),
    ({"server": {"maxConnectionAge": "0"}}, "server.maxConnectionAge is 0"),
    ({"server": {"maxQueueWait": "0ms"}}, "server.maxQueueWait is 0ms"),
    ({"server": {"extraArgs": ["--tls_cert=/x"]}}, "server.extraArgs has --tls-cert, which is for the chart to set"),
    ({"server": {"extraArgs": ["--max-top-k=3"]}}, "server.extraArgs has --max-top-k"),
    ({"server": {"extraArgs": ["--nogather"]}}, "server.extraArgs has --nogather"),
    ({"server": {"extraArgs": ["--flagfile=/x"]}}, "server.extraArgs has --flagfile"),
]
# Close to a contradiction, and none.
TAKEN = [
    {"podDisruptionBudget": {"minAvailable": "50%"}},
    {"resources": {"requests": {"memory": "4Gi", "cpu": "2000m"}, "limits": {"memory": "4096Mi", "cpu": 2}}},
    {"service": {"type": "LoadBalancer"}, "networkPolicy": {"callers": [{"name": "all", "from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}},
    {"server": {"extraArgs": ["--nobody"]}},
    {"server": {"handshakeTimeout": "1h", "repositoryPollInterval": "24h", "maxConnectionIdle": "inf", "maxConnectionAge": "1ms", "linger": "0"}},
    {"server": {"memoryLimit": "0.5GiB"}},
    {"commonLabels": {"example.org/team": "a_b.c-d"}},
    {"podDisruptionBudget": {"minAvailable": "66%"}, "replicas": 3},
    {"podDisruptionBudget": {"minAvailable": "100%", "enabled": False}},
    s3("https://minio:9000", ports=[443, 9000]),
    s3("http://minio", ports=[80]),
    s3(""),
    oci("reg:5000/models/digits:7", ports=[5000]),
    oci("reg/models/digits:7", ports=[80], plainHttp=True),
    overlay(s3("https://minio:9000"), {"networkPolicy": {"enabled": False}}),
    renewed("1.5h", before="1h29m59.999s"),
    {"tls": {"certManager": {"renewBefore": "2160h"}}},
]
# What the schema refuses; where.
MISTYPED = [
    ({"repicas": 3}, "repicas"),
    ({"server": {"maxQueues": 3}}, "maxQueues"),
    ({"server": {"maxTopK": 0}}, "server.maxTopK"),
    ({"server": {"device": "gpu"}}, "server.device"),
    ({"server": {"maxQueueWait": "2 seconds"}}, "server.maxQueueWait"),
    ({"server": {"indexSearch": "fuzzy"}}, "server.indexSearch"),
    ({"server": {"versionPolicy": "latest:0"}}, "server.versionPolicy"),
    ({"server": {"versionPolicy": "specific:1,,2"}}, "server.versionPolicy"),
    ({"server": {"memoryLimit": "1 GiB"}}, "server.memoryLimit"),
    ({"server": {"memoryLimit": "0GiB"}}, "server.memoryLimit"),
    ({"server": {"memoryLimit": "0.0MiB"}}, "server.memoryLimit"),
    ({"probes": {"readyFor": "training"}}, "probes.readyFor"),
    ({"probes": {"startup": {"initialDelaySeconds": -1}}}, "probes.startup.initialDelaySeconds"),
    ({"server": {"otlpEndpoint": "http://collector:4318/v1/traces"}}, "server.otlpEndpoint"),
    ({"server": {"otlpSampleRatio": 1.5}}, "server.otlpSampleRatio"),
    ({"replicas": "three"}, "replicas"),
    ({"replicas": 0}, "replicas"),
    ({"model": {"source": "ftp"}}, "model.source"),
    ({"model": {"oci": {"reference": "digits:7"}}}, "model.oci.reference"),
    ({"ports": {"grpc": 443}}, "ports.grpc"),
    ({"image": {"digest": "latest"}}, "image.digest"),
    ({"securityContext": {"runAsUser": 0}}, "securityContext.runAsUser"),
    ({"resources": {"limits": {"memory": "4 GB"}}}, "resources.limits.memory"),
    ({"networkPolicy": {"callers": [{"name": "all", "from": []}]}}, "networkPolicy.callers.0.from"),
    ({"networkPolicy": {"dns": {"ports": []}}}, "networkPolicy.dns.ports"),
    ({"networkPolicy": {"dns": {"ports": ["dns"]}}}, "networkPolicy.dns.ports.0"),
    ({"networkPolicy": {"dns": {"to": [{"pods": {}}]}}}, "networkPolicy.dns.to.0"),
    ({"podDisruptionBudget": {"maxUnavailable": "half"}}, "podDisruptionBudget.maxUnavailable"),
    ({"podDisruptionBudget": {"maxUnavailable": "200%"}}, "podDisruptionBudget.maxUnavailable"),
    ({"rollout": {"maxUnavailable": "101%"}}, "rollout.maxUnavailable"),
    ({"commonLabels": {"team": "not a label value!"}}, "commonLabels.team"),
    ({"podLabels": {"not a label": "x"}}, "podLabels"),
    ({"monitoring": {"prometheusRule": {"runbookUrl": "https://wiki.example.org/runbook#top"}}}, "monitoring.prometheusRule.runbookUrl"),
    ({"monitoring": {"prometheusRule": {"runbookUrl": "docs/runbook.md"}}}, "monitoring.prometheusRule.runbookUrl"),
    ({"tls": {"certManager": {"issuerKind": "Authority"}}}, "tls.certManager.issuerKind"),
]


class Contradictions(unittest.TestCase):
    def refusal(self, values: dict, kubernetes: str = tools.KUBERNETES) -> str:
        with self.assertRaises(tools.Refused) as refused:
            tools.render(overlay(LEAST, values), kubernetes)
        return str(refused.exception)

    def test_are_refused_with_the_reason(self):
        for values, reason in REFUSED:
            with self.subTest(reason):
                said = self.refusal(values)
                self.assertIn("these values can't be used together", said)
                self.assertIn(reason, said)

    def test_are_no_more_than_that(self):
        for values in TAKEN:
            with self.subTest(str(values)):
                tools.render(overlay(LEAST, values))

    def test_are_all_named_at_once(self):
        said = self.refusal({"server": {"device": "cuda"}, "terminationGracePeriodSeconds": 1, "ports": {"http": 8500}})
        self.assertEqual(said.count("\n  - "), 3, said)

    def test_are_refused_where_kubernetes_is_too_old(self):
        self.assertIn("has no image volumes", self.refusal(
            {"model": {"source": "image", "image": {"reference": "r"}, "pvc": {"claimName": ""}}}, kubernetes="1.32.0"))
        self.assertIn("incompatible with Kubernetes v1.26.0", self.refusal({}, kubernetes="1.26.0"))

    def test_are_refused_by_the_schema_where_a_value_is_no_such_thing(self):
        for values, where in MISTYPED:
            with self.subTest(where):
                said = self.refusal(values)
                self.assertIn("values don't meet the specifications of the schema", said)
                self.assertIn(where, said)


if __name__ == "__main__":
    tools.main()
