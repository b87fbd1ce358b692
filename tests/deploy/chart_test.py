"""The chart as operators install it: what it renders, that Kubernetes takes it, that it is safe, and that every value is documented.

chart_test.py --update writes the golden files and the README's table anew; read the difference before checking it in.
"""

import functools
import json
import re
import subprocess
import unittest

import yaml

import kubernetes_schema
import pod_security
import tools
import values_table


# Flags of the server without a value: nobody in a pod reads the file, its ports being known.
NOT_FOR_PODS = {"port-file"}


@functools.cache
def rendered(case: str) -> str:
    return tools.render(tools.cases()[case])


def golden_text(case: str) -> str:
    """What is rendered without the texts of files/, which have tests of their own and change with the metrics."""
    text = re.sub(r'(?m)^  provnet.json: ".*"$', "  provnet.json: files/dashboard.json", rendered(case))
    return re.sub(r"(?ms)^(kind: PrometheusRule$.*?^spec:\n).*?(?=^---$|\Z)", r"\1  files/alerts.yaml\n", text)


def of_kind(case: str, kind: str) -> list[dict]:
    return [document for document in tools.objects(rendered(case)) if document["kind"] == kind]


def only(case: str, kind: str) -> dict:
    (found,) = of_kind(case, kind)
    return found


def server_pod(case: str) -> dict:
    return only(case, "Deployment")["spec"]["template"]["spec"]


class Rendering(unittest.TestCase):
    def test_is_what_the_golden_files_say(self):
        for case in tools.cases():
            golden = tools.HERE / "golden" / f"{case}.yaml"
            if tools.options.update:
                golden.write_text(golden_text(case))
            with self.subTest(case):
                self.assertEqual(golden_text(case).splitlines(), golden.read_text().splitlines(),
                                 "read the difference; if it is meant, run chart_test.py --update and check it in")

    def test_has_no_golden_file_without_a_case(self):
        self.assertEqual({path.stem for path in (tools.HERE / "golden").glob("*.yaml")}, set(tools.cases()))

    def test_has_a_case_that_sets_each_value(self):
        def leaves(values: dict, path: str = "") -> set[str]:
            return {leaf for key, value in values.items()
                    for leaf in (leaves(value, f"{path}{key}.") if isinstance(value, dict) and value else {path + key})}

        def overridden(values: dict, defaults: dict, path: str = "") -> set[str]:
            found = set()
            for key, value in values.items():
                if isinstance(defaults.get(key), dict) and defaults[key]:
                    found |= overridden(value, defaults[key], f"{path}{key}.")
                elif value != defaults.get(key):
                    found.add(path + key)
            return found

        defaults = yaml.safe_load((tools.CHART / "values.yaml").read_text())
        self.assertEqual(leaves(defaults) - set().union(*(overridden(values, defaults) for values in tools.cases().values())), set(),
                         "a value that no case sets to another than its default is in no golden file")

    def test_quotes_what_yaml_would_take_for_a_number(self):
        values = {"model": {"pvc": {"claimName": "123", "subPath": "2026"}}, "fullnameOverride": "explain", "tls": {"enabled": True, "secretName": "456"},
                  "tests": {"tlsSecret": "456"}}
        text = tools.run_helm("template", "7", str(tools.CHART), "--namespace=8", f"--kube-version={tools.KUBERNETES}", values=values)
        for document in tools.objects(text):
            with self.subTest(document["kind"]):
                self.assertEqual(kubernetes_schema.problems(document, tools.options.schemas), [])
                self.assertEqual(document["metadata"]["namespace"], "8")
                self.assertEqual(document["metadata"]["labels"]["app.kubernetes.io/instance"], "7")

    def test_passes_helm_lint(self):
        for case, values in tools.cases().items():
            # Lint believes that it is for an old Kubernetes, and has no flag that says otherwise.
            if values["model"].get("source") == "image":
                continue
            with self.subTest(case):
                tools.run_helm("lint", "--strict", str(tools.CHART), values=values)

    def test_fits_the_schemas_of_kubernetes(self):
        for case in tools.cases():
            for document in tools.objects(rendered(case)):
                with self.subTest(case=case, kind=document["kind"], name=document["metadata"]["name"]):
                    self.assertEqual(kubernetes_schema.problems(document, tools.options.schemas), [])

    def test_names_no_object_twice(self):
        for case in tools.cases():
            names = [(document["kind"], document["metadata"]["name"]) for document in tools.objects(rendered(case))]
            self.assertEqual(sorted(names), sorted(set(names)), case)

    def test_gives_the_server_flags_that_it_knows(self):
        server = tools.options.programs / "provnet-server"
        client = tools.options.programs / "provnet"
        known = subprocess.run([server, "--help"], text=True, capture_output=True, check=True).stdout
        known_to_client = subprocess.run([client, "models", "--help"], text=True, capture_output=True, check=True).stdout
        texts = [rendered(case) for case in tools.cases()]
        specs = [spec for text in texts for document in tools.objects(text) for _, spec in tools.pod_specs(document)]
        extra = {argument for values in tools.cases().values() for argument in values.get("server", {}).get("extraArgs", [])}
        for container in (spec["containers"][0] for spec in specs):
            for name in (argument.split("=")[0] for argument in container["args"] if argument.startswith("--") and argument not in extra):
                self.assertRegex(known if container["name"] == "server" else known_to_client, rf"(?m)^\s*{name}\b")


    def test_has_a_value_for_each_flag_of_the_server(self):
        sources = [tools.ROOT / "server/main.cc", *sorted((tools.ROOT / "server/cli").glob("*.cc"))]
        flags = {name.replace("_", "-") for source in sources for name in re.findall(r"ABSL_FLAG\(\s*[^,]+,\s*(\w+),", source.read_text())}
        self.assertGreater(len(flags), 40, "ABSL_FLAG is not found in the sources as it used to be")
        names = (tools.CHART / "templates/_flags.tpl").read_text()
        set_by_the_chart = set(re.findall(r"^- --([a-z-]+)=", names, re.MULTILINE))
        values = yaml.safe_load((tools.CHART / "values.yaml").read_text())["server"]
        set_by_values = {re.sub(r"([A-Z])", lambda capital: "-" + capital.group(1).lower(), key) for key in values}
        self.assertEqual(flags - set_by_the_chart - set_by_values, NOT_FOR_PODS,
                         "give the flag a value in the chart, or name it above with the reason why not")


class Safety(unittest.TestCase):
    def test_meets_the_restricted_pod_security_standard(self):
        checked = 0
        for case in tools.cases():
            for document in tools.objects(rendered(case)):
                for where, spec in tools.pod_specs(document):
                    with self.subTest(case=case, pod=where):
                        self.assertEqual(pod_security.problems(spec), [])
                        self.assertEqual(pod_security.hardening_problems(spec), [])
                    checked += 1
        # A Deployment each, and the test's pod but in one case.
        self.assertEqual(checked, 2 * len(tools.cases()) - 1)

    def test_leaves_no_way_in_or_out_but_those_named(self):
        policies = of_kind("production", "NetworkPolicy")
        denied = next(policy for policy in policies if policy["metadata"]["name"].endswith("default-deny"))["spec"]
        self.assertEqual(denied["policyTypes"], ["Ingress", "Egress"])
        self.assertNotIn("ingress", denied)
        self.assertNotIn("egress", denied)
        self.assertFalse(any("egress" in policy["spec"] for policy in of_kind("default", "NetworkPolicy")),
                         "nothing needs to get out where nothing is copied and nothing traced")
        (out,) = [policy["spec"]["egress"] for policy in policies if "egress" in policy["spec"]]
        self.assertEqual([port["port"] for rule in out for port in rule["ports"]], [53, 53, 4317])
        for rule in out:
            self.assertTrue(rule["to"], "an empty list is anywhere")
        for rule in (rule for policy in policies for rule in policy["spec"].get("ingress", [])):
            self.assertTrue(rule["from"], "an empty list is anybody")
        pods = only("production", "Deployment")["spec"]["template"]["metadata"]["labels"]
        for policy in policies:
            self.assertLessEqual(policy["spec"]["podSelector"]["matchLabels"].items(), pods.items())

    def test_has_time_to_answer_what_is_in_flight(self):
        for case in tools.cases():
            pod = server_pod(case)
            (drain,) = [argument for argument in pod["containers"][0]["args"] if argument.startswith("--drain-timeout=")]
            wait = pod["containers"][0]["lifecycle"]["preStop"]["sleep"]["seconds"]
            self.assertGreater(pod["terminationGracePeriodSeconds"], wait + int(drain.split("=")[1].removesuffix("s")), case)

    def test_mounts_nothing_to_write_to_but_tmp_state_and_record(self):
        for case in tools.cases():
            for mount in server_pod(case)["containers"][0]["volumeMounts"]:
                self.assertTrue(mount.get("readOnly") or mount["mountPath"] in ("/tmp", "/var/lib/provnet", "/var/log/provnet"), f"{case}: {mount}")

    def test_mounts_what_the_flags_name(self):
        for case in tools.cases():
            container = server_pod(case)["containers"][0]
            mounts = tuple(mount["mountPath"] for mount in container["volumeMounts"])
            for argument in container["args"]:
                if "=/" in argument:
                    self.assertTrue(argument.split("=")[1].startswith(mounts), f"{case}: {argument}")
            volumes = {volume["name"] for volume in server_pod(case)["volumes"]}
            self.assertEqual({mount["name"] for mount in container["volumeMounts"]} - volumes, set(), case)


class Choices(unittest.TestCase):
    def test_leave_the_number_of_pods_to_the_autoscaler(self):
        self.assertNotIn("replicas", only("production", "Deployment")["spec"])
        self.assertEqual(only("image-volume", "Deployment")["spec"]["replicas"], 3)

    def test_give_new_pods_their_share_where_the_load_makes_them(self):
        def ages(values: dict) -> list[str]:
            (deployment,) = [document for document in tools.objects(tools.render(tools.overlay(tools.LEAST, values))) if document["kind"] == "Deployment"]
            arguments = deployment["spec"]["template"]["spec"]["containers"][0]["args"]
            return [argument.split("=")[1] for argument in arguments if argument.startswith("--max-connection-age=")]

        self.assertEqual(ages({}), [])
        self.assertEqual(ages({"autoscaling": {"enabled": True}}), ["60s"])
        self.assertEqual(ages({"autoscaling": {"enabled": True}, "server": {"maxConnectionAge": "5m"}}), ["5m"])
        self.assertEqual(ages({"server": {"maxConnectionAge": "5m"}}), ["5m"])

    def test_give_what_copies_models_room_to_unpack_them(self):
        for case, size in (("s3-openshift", "10Gi"), ("gpu-oci-keda", "10Gi"), ("tuned", "40Gi")):
            pod = server_pod(case)
            (copier,) = pod["initContainers"]
            rooms = {volume["name"]: volume.get("emptyDir", {}).get("sizeLimit") for volume in pod["volumes"]}
            self.assertEqual({mount["mountPath"]: rooms[mount["name"]] for mount in copier["volumeMounts"] if mount["mountPath"] in ("/models", "/tmp")},
                             {"/models": size, "/tmp": size}, case)

    def test_scale_by_cpu_and_queue_wait(self):
        metrics = only("production", "HorizontalPodAutoscaler")["spec"]["metrics"]
        self.assertEqual([metric["type"] for metric in metrics], ["Resource", "Pods"])
        self.assertEqual(metrics[1]["pods"]["target"]["averageValue"], "50m")
        (trigger,) = only("gpu-oci-keda", "ScaledObject")["spec"]["triggers"]
        self.assertEqual(float(trigger["metadata"]["threshold"]), 0.02)

    def test_ask_prometheus_for_a_metric_that_the_server_has(self):
        (trigger,) = only("gpu-oci-keda", "ScaledObject")["spec"]["triggers"]
        self.assertIn('"provnet_queue_wait_seconds"', (tools.ROOT / "server/metrics/server_metrics.cc").read_text())
        self.assertIn("provnet_queue_wait_seconds_sum", trigger["metadata"]["query"])

    def test_carry_policy_and_dashboard_unchanged(self):
        config = {document["metadata"]["name"]: document["data"] for document in of_kind("production", "ConfigMap")}
        policy = json.loads(config["shop-provnet-policy"]["policy.json"])
        self.assertEqual(policy, tools.cases()["production"]["auth"]["policy"])
        files = tools.CHART / "files"
        self.assertEqual(config["shop-provnet-dashboard"]["provnet.json"], (files / "dashboard.json").read_text())

    def test_give_gpus_to_the_pods_that_need_them(self):
        pod = server_pod("gpu-oci-keda")
        self.assertEqual(pod["containers"][0]["resources"]["limits"]["nvidia.com/gpu"], 1)
        self.assertIn("--device=cuda", pod["containers"][0]["args"])
        self.assertTrue(pod["containers"][0]["image"].endswith("-cuda"))
        self.assertEqual(pod["nodeSelector"], {"accelerator": "l4", "kubernetes.io/arch": "amd64"})
        self.assertEqual({toleration["key"] for toleration in pod["tolerations"]}, {"nvidia.com/gpu", "dedicated"})

    def test_look_names_up_where_the_cluster_has_its_name_servers(self):
        def looked_up(case: str) -> list[tuple[list, list]]:
            rules = [policy["spec"]["egress"][0] for policy in of_kind(case, "NetworkPolicy") if "egress" in policy["spec"]]
            return [(rule["to"], [(port["protocol"], port["port"]) for port in rule["ports"]]) for rule in rules]

        anywhere = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}}}
        self.assertEqual(looked_up("production"), [([anywhere], [("UDP", 53), ("TCP", 53)])])
        self.assertEqual(looked_up("gpu-oci-keda"), [([{"ipBlock": {"cidr": "169.254.20.10/32"}}], [("UDP", 53), ("TCP", 53)])])
        openshift = {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "openshift-dns"}},
                     "podSelector": {"matchLabels": {"dns.operator.openshift.io/daemonset-dns": "default"}}}
        self.assertEqual(looked_up("s3-openshift"), [([openshift], [("UDP", 5353), ("TCP", 5353)])])

    def test_leave_users_to_a_platform_that_assigns_them(self):
        security = server_pod("s3-openshift")["securityContext"]
        self.assertFalse({"runAsUser", "runAsGroup", "fsGroup"} & set(security))

    def test_wait_by_a_program_where_kubernetes_has_no_sleep(self):
        (deployment,) = [document for document in tools.objects(tools.render(tools.LEAST, kubernetes="1.27.0"))
                         if document["kind"] == "Deployment"]
        hook = deployment["spec"]["template"]["spec"]["containers"][0]["lifecycle"]["preStop"]
        self.assertEqual(hook, {"exec": {"command": ["sleep", "5"]}})

    def test_probe_the_health_port_in_the_clear_under_tls(self):
        container = server_pod("production")["containers"][0]
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            self.assertEqual(container[probe]["httpGet"]["port"], "http")
            self.assertNotIn("scheme", container[probe]["httpGet"])

    def test_have_certificates_for_every_name_that_callers_use(self):
        names = only("production", "Certificate")["spec"]["dnsNames"]
        for service in of_kind("production", "Service"):
            self.assertIn(f"{service['metadata']['name']}.ml.svc", names)
        self.assertIn("provnet.example.org", names)


class Documentation(unittest.TestCase):
    def test_has_commands_that_helm_takes(self):
        guide = (tools.ROOT / "docs/deploy.md").read_text().replace("\\\n", "")
        (built,) = re.findall(r"^docker build .* -t (\S+)", guide, re.MULTILINE)
        (install,) = re.findall(r"^helm install (.*)", guide, re.MULTILINE)
        text = tools.run_helm("template", *install.replace("deploy/helm/provnet", str(tools.CHART)).split(), f"--kube-version={tools.KUBERNETES}")
        self.assertIn(f'image: "{built}"\n', text)
        upgrades = re.findall(r"`helm .*?upgrade.*?`", guide)
        self.assertEqual([each for each in upgrades if not each.startswith("`helm -n ml upgrade digits deploy/helm/provnet ")], [])

    def test_says_what_each_value_is(self):
        without = [path for path, _, description in values_table.rows() if not description]
        self.assertEqual(without, [])

    def test_has_the_table_of_values_in_the_readme(self):
        readme = tools.CHART / "README.md"
        made = values_table.replace_in(readme.read_text())
        if tools.options.update:
            readme.write_text(made)
        self.assertEqual(readme.read_text(), made, "run chart_test.py --update and check it in")

    def test_agrees_with_the_schema_on_which_values_there_are(self):
        schema = json.loads((tools.CHART / "values.schema.json").read_text())
        values = yaml.safe_load((tools.CHART / "values.yaml").read_text())

        def compare(value: dict, part: dict, path: str) -> None:
            while "$ref" in part:
                part = schema["definitions"][part["$ref"].split("/")[-1]]
            if "properties" not in part:
                return
            self.assertIs(part["additionalProperties"], False, path)
            known = set(part["properties"]) - ({"global"} if not path else set())
            self.assertEqual(set(value), known, path)
            for key, inner in value.items():
                if isinstance(inner, dict):
                    compare(inner, part["properties"][key], f"{path}.{key}")

        compare(values, schema, "")


if __name__ == "__main__":
    tools.main()
