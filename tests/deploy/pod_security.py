"""Kubernetes' restricted Pod Security Standard, field by field, as https://kubernetes.io/docs/concepts/security/pod-security-standards
lists it (v1.33), baseline's fields included."""

ALLOWED_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "image", "persistentVolumeClaim", "projected", "secret"}
ALLOWED_SYSCTLS = {"kernel.shm_rmid_forced", "net.ipv4.ip_local_port_range", "net.ipv4.ip_unprivileged_port_start",
                   "net.ipv4.tcp_syncookies", "net.ipv4.ping_group_range", "net.ipv4.ip_local_reserved_ports",
                   "net.ipv4.tcp_keepalive_time", "net.ipv4.tcp_fin_timeout", "net.ipv4.tcp_keepalive_intvl",
                   "net.ipv4.tcp_keepalive_probes"}
ALLOWED_SELINUX_TYPES = {"", "container_t", "container_init_t", "container_kvm_t", "container_engine_t"}


def _pod_problems(spec: dict) -> list[str]:
    security = spec.get("securityContext", {})
    found = [f"{field} is true" for field in ("hostNetwork", "hostPID", "hostIPC") if spec.get(field)]
    for volume in spec.get("volumes", []):
        kinds = set(volume) - {"name"}
        if not kinds <= ALLOWED_VOLUMES:
            found.append(f"volume {volume['name']} is a {', '.join(sorted(kinds - ALLOWED_VOLUMES))}")
    found += [f"sysctl {each['name']}" for each in security.get("sysctls", []) if each["name"] not in ALLOWED_SYSCTLS]
    return found


def _common_problems(security: dict) -> list[str]:
    """What neither a pod nor a container may say."""
    found = []
    if security.get("runAsUser") == 0:
        found.append("runAsUser is 0")
    if security.get("runAsNonRoot") is False:
        found.append("runAsNonRoot is false")
    if security.get("seccompProfile", {}).get("type", "RuntimeDefault") not in ("RuntimeDefault", "Localhost"):
        found.append("seccompProfile is neither RuntimeDefault nor Localhost")
    if security.get("appArmorProfile", {}).get("type", "RuntimeDefault") not in ("RuntimeDefault", "Localhost"):
        found.append("appArmorProfile is neither RuntimeDefault nor Localhost")
    linux = security.get("seLinuxOptions", {})
    if linux.get("type", "") not in ALLOWED_SELINUX_TYPES or linux.get("user") or linux.get("role"):
        found.append("seLinuxOptions")
    if security.get("windowsOptions", {}).get("hostProcess"):
        found.append("windowsOptions.hostProcess is true")
    return found


def _container_problems(container: dict, pod: dict) -> list[str]:
    security = container.get("securityContext", {})
    found = _common_problems(security)
    if security.get("privileged"):
        found.append("privileged is true")
    if security.get("allowPrivilegeEscalation") is not False:
        found.append("allowPrivilegeEscalation is not false")
    if "ALL" not in security.get("capabilities", {}).get("drop", []):
        found.append("capabilities.drop lacks ALL")
    if not set(security.get("capabilities", {}).get("add", [])) <= {"NET_BIND_SERVICE"}:
        found.append("capabilities.add")
    if not security.get("runAsNonRoot", pod.get("runAsNonRoot")):
        found.append("runAsNonRoot is true neither here nor in the pod")
    if not (security.get("seccompProfile") or pod.get("seccompProfile")):
        found.append("seccompProfile is set neither here nor in the pod")
    if security.get("procMount", "Default") != "Default":
        found.append("procMount")
    found += [f"hostPort {port['hostPort']}" for port in container.get("ports", []) if port.get("hostPort")]
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        if container.get(probe, {}).get("httpGet", {}).get("host"):
            found.append(f"{probe}.httpGet.host")
    return found


def problems(spec: dict) -> list[str]:
    """What keeps a pod's spec out of a restricted namespace; empty is good."""
    pod = spec.get("securityContext", {})
    found = _pod_problems(spec) + _common_problems(pod)
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in spec.get(group, []):
            found += [f"{group} {container['name']}: {problem}" for problem in _container_problems(container, pod)]
    return found


def hardening_problems(spec: dict) -> list[str]:
    """What we ask for besides: a root that can't be written, no token of the cluster, limits."""
    found = [] if spec.get("automountServiceAccountToken") is False else ["automountServiceAccountToken is not false"]
    for container in spec.get("initContainers", []) + spec["containers"]:
        if container.get("securityContext", {}).get("readOnlyRootFilesystem") is not True:
            found.append(f"{container['name']}: readOnlyRootFilesystem is not true")
        if not container.get("resources", {}).get("limits", {}).get("memory"):
            found.append(f"{container['name']}: no memory limit")
    return found
