"""The manifests for KServe, for training and for writing to a claim: that Kubernetes takes them, that they are safe, and that they say what our programs read."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

import yaml

import kubernetes_schema
import pod_security
import tools

FOLDERS = ("deploy/kserve", "deploy/models", "deploy/training")


def manifests() -> dict[str, list[dict]]:
    paths = [path for folder in FOLDERS for path in sorted((tools.ROOT / folder).glob("*.yaml"))]
    return {path.name: tools.objects(path.read_text()) for path in paths}


def of_kind(name: str, kind: str) -> dict:
    (found,) = [document for document in manifests()[name] if document["kind"] == kind]
    return found


def training_containers() -> dict[str, dict]:
    """By manifest and place, the containers that fit."""
    return {f"{name} {where}": spec["containers"][0] for name, documents in manifests().items() for document in documents
            if document["kind"] in ("Job", "PyTorchJob") for where, spec in tools.pod_specs(document)}


def environment(container: dict) -> dict:
    return {variable["name"]: variable.get("value") or variable["valueFrom"] for variable in container.get("env", [])}


class Manifests(unittest.TestCase):
    def test_fit_the_schemas(self):
        for name, documents in manifests().items():
            self.assertTrue(documents, name)
            for document in documents:
                with self.subTest(name=name, kind=document["kind"]):
                    self.assertEqual(kubernetes_schema.problems(document, tools.options.schemas), [])

    def test_meet_the_restricted_pod_security_standard(self):
        # The user of KServe's containers is the InferenceService's to say.
        service = of_kind("inferenceservice.yaml", "InferenceService")["spec"]["predictor"]
        runtime = dict(of_kind("servingruntime.yaml", "ServingRuntime")["spec"], securityContext=service["securityContext"],
                       automountServiceAccountToken=service["automountServiceAccountToken"])
        specs = {"kserve": runtime}
        for name, documents in manifests().items():
            for document in documents:
                if document["kind"] != "ServingRuntime":
                    specs |= {f"{name} {where}": spec for where, spec in tools.pod_specs(document)}
        self.assertEqual(len(specs), 6)
        for where, spec in specs.items():
            with self.subTest(where):
                self.assertEqual(pod_security.problems(spec) + pod_security.hardening_problems(spec), [])
                self.assertGreaterEqual(spec["securityContext"]["runAsUser"], 1000)

    def test_give_the_programs_flags_that_they_know(self):
        def help_of(*command: str) -> str:
            return subprocess.run([tools.options.programs / command[0], *command[1:]], text=True, capture_output=True, check=True).stdout

        known = {"fit": help_of("provnet-train", "fit", "--help"), "serve": help_of("provnet-server", "--help")}
        runtime = of_kind("servingruntime.yaml", "ServingRuntime")["spec"]["containers"][0]
        for whose, container in [("serve", runtime), *(("fit", each) for each in training_containers().values())]:
            for name in [argument.split("=")[0] for argument in container["args"]] + (["--resume"] if whose == "fit" else []):
                self.assertRegex(known[whose], rf"(?m)^\s*{name}\b")

    def test_use_the_image_of_the_chart(self):
        version = yaml.safe_load((tools.CHART / "Chart.yaml").read_text())["appVersion"]
        repository = yaml.safe_load((tools.CHART / "values.yaml").read_text())["image"]["repository"]
        for name, documents in manifests().items():
            for image in re.findall(r"'image': '([^']+)'", str(documents)):
                self.assertEqual(image, f"{repository}:{version}", name)


class ClaimWriter(unittest.TestCase):
    def test_writes_what_servers_read(self):
        pod = of_kind("claim-writer.yaml", "Pod")["spec"]
        (volume,) = pod["volumes"]
        self.assertEqual(volume["persistentVolumeClaim"], {"claimName": tools.LEAST["model"]["pvc"]["claimName"]})
        self.assertEqual(pod["containers"][0]["volumeMounts"], [{"name": volume["name"], "mountPath": "/models"}])
        users = yaml.safe_load((tools.CHART / "values.yaml").read_text())["securityContext"]
        self.assertEqual({key: pod["securityContext"][key] for key in users}, users)


class KServe(unittest.TestCase):
    def test_runtime_is_the_one_that_the_service_asks_for(self):
        runtime = of_kind("servingruntime.yaml", "ServingRuntime")
        model = of_kind("inferenceservice.yaml", "InferenceService")["spec"]["predictor"]["model"]
        self.assertEqual(model["runtime"], runtime["metadata"]["name"])
        formats = [{"name": each["name"], "version": each["version"]} for each in runtime["spec"]["supportedModelFormats"]]
        self.assertIn(model["modelFormat"], formats)

    def test_container_has_kserves_name_and_folder(self):
        (container,) = of_kind("servingruntime.yaml", "ServingRuntime")["spec"]["containers"]
        self.assertEqual(container["name"], "kserve-container")
        self.assertIn("--model-repository=/mnt/models", container["args"])

    def test_has_time_to_answer_what_is_in_flight(self):
        (container,) = of_kind("servingruntime.yaml", "ServingRuntime")["spec"]["containers"]
        wait = int(container["lifecycle"]["preStop"]["exec"]["command"][1])
        (drain,) = [int(argument.split("=")[1][:-1]) for argument in container["args"] if argument.startswith("--drain-timeout=")]
        service = of_kind("inferenceservice.yaml", "InferenceService")["spec"]["predictor"]
        self.assertGreater(service["terminationGracePeriodSeconds"], wait + drain)


class Training(unittest.TestCase):
    def test_ranks_of_the_indexed_job_find_each_other(self):
        job, service = of_kind("indexed-job.yaml", "Job"), of_kind("indexed-job.yaml", "Service")
        pod = job["spec"]["template"]["spec"]
        variables = environment(pod["containers"][0])
        read = re.search(r"kVariables = \{([^}]*)\}", (tools.ROOT / "trainer/distributed/environment.cc").read_text()).group(1)
        self.assertEqual(set(variables), set(re.findall(r'"(\w+)"', read)))
        self.assertEqual(variables["MASTER_ADDR"], f"{job['metadata']['name']}-0.{service['metadata']['name']}")
        self.assertEqual(pod["subdomain"], service["metadata"]["name"])
        self.assertEqual(service["spec"]["clusterIP"], "None")
        self.assertIs(service["spec"]["publishNotReadyAddresses"], True)
        # Kubernetes puts this label on a job's pods.
        self.assertEqual(service["spec"]["selector"], {"job-name": job["metadata"]["name"]})
        self.assertEqual(int(variables["MASTER_PORT"]), service["spec"]["ports"][0]["port"])
        self.assertEqual(int(variables["WORLD_SIZE"]), job["spec"]["completions"])
        self.assertEqual(job["spec"]["parallelism"], job["spec"]["completions"], "all ranks have to run at a time")
        self.assertEqual(job["spec"]["completionMode"], "Indexed")
        self.assertIn("job-completion-index", variables["RANK"]["fieldRef"]["fieldPath"])

    def test_operator_sets_the_environment_of_the_pytorchjob(self):
        for where, container in training_containers().items():
            if where.startswith("pytorchjob"):
                self.assertEqual(container["name"], "pytorch")
                self.assertEqual(environment(container), {}, "the operator's own values must win")

    def test_restarted_pods_go_on_from_a_checkpoint_and_others_begin(self):
        for where, container in training_containers().items():
            with self.subTest(where), tempfile.TemporaryDirectory() as folder:
                root = pathlib.Path(folder)
                (root / "bin").mkdir()
                trainer = root / "bin/provnet-train"
                trainer.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
                trainer.chmod(0o755)
                command = [part.replace("/models/", f"{folder}/models/") for part in container["command"]]

                def started() -> list[str]:
                    path = {"PATH": f"{root}/bin:{os.environ['PATH']}"}
                    return subprocess.run(command + container["args"], env=path, text=True, capture_output=True, check=True).stdout.split()

                self.assertEqual(started(), ["fit", *container["args"]])
                checkpoint = root / "models/digits/.checkpoint/checkpoint"
                checkpoint.parent.mkdir(parents=True)
                # The folder alone is what a run leaves that was killed in its first epoch.
                self.assertEqual(started(), ["fit", *container["args"]])
                checkpoint.touch()
                self.assertEqual(started(), ["fit", *container["args"], "--resume"])
                self.assertIn('directory / "checkpoint"', (tools.ROOT / "trainer/training/checkpoint_directory.h").read_text())

    def test_all_ranks_run_the_same_command(self):
        started = {(tuple(container["command"]), tuple(container["args"])) for container in training_containers().values()}
        self.assertEqual(len(started), 1)


if __name__ == "__main__":
    tools.main()
