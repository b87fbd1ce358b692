{{- /* Values that contradict each other end the rendering, all at once, each with what to do. One line a problem. */ -}}
{{- define "provnet.refuseContradictions" -}}
{{- $problems := list -}}
{{- range $about := list "names" "scaling" "ending" "hardware" "model" "disruption" "network" "access" "state" "tls" "times" "flags" -}}
{{- range $line := splitList "\n" (include (printf "provnet.problems.%s" $about) $) -}}
{{- if trim $line -}}{{- $problems = append $problems (trim $line) -}}{{- end -}}
{{- end -}}
{{- end -}}
{{- if $problems -}}
{{- fail (printf "these values can't be used together:\n  - %s\n" (join "\n  - " $problems)) -}}
{{- end -}}
{{- end -}}

{{- define "provnet.problems.names" -}}
{{- $full := include "provnet.fullname" . -}}
{{- if not (regexMatch "^[a-z]([-a-z0-9]*[a-z0-9])?$" $full) }}
the objects would be named {{ $full }}, after fullnameOverride or the release: a Service's name is of a-z, 0-9 and -, and begins with a letter. Set fullnameOverride
{{- end }}
{{- $own := list "app.kubernetes.io/name" "app.kubernetes.io/instance" "app.kubernetes.io/component" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" -}}
{{- range $value := list "commonLabels" "podLabels" }}
{{- range $label := keys (get $.Values $value) | sortAlpha }}
{{- if has $label $own }}
{{ $value }} has {{ $label }}, by which the chart finds its own objects. Choose another label
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "provnet.problems.scaling" -}}
{{- $auto := .Values.autoscaling -}}
{{- if $auto.enabled -}}
{{- if not (kindIs "invalid" .Values.replicas) }}
replicas is {{ int64 .Values.replicas }} while autoscaling.enabled is true: each upgrade would undo what the autoscaler decided. Leave replicas out, or switch autoscaling off
{{- end }}
{{- if gt (int64 $auto.minReplicas) (int64 $auto.maxReplicas) }}
autoscaling.minReplicas is {{ int64 $auto.minReplicas }}, more than autoscaling.maxReplicas, {{ int64 $auto.maxReplicas }}. Raise the one or lower the other
{{- end }}
{{- if not (or (include "provnet.scalesByCpu" .) (include "provnet.scalesByQueueWait" .)) }}
autoscaling.enabled is true without anything to scale by. Set autoscaling.cpu.targetUtilization or autoscaling.queueWait.targetMilliseconds
{{- end }}
{{- if and (include "provnet.scalesByCpu" .) (not (dig "requests" "cpu" "" .Values.resources)) }}
autoscaling.cpu.targetUtilization is a share of resources.requests.cpu, which is not set. Set it, or set autoscaling.cpu.targetUtilization=null
{{- end }}
{{- if and (eq $auto.engine "keda") (include "provnet.scalesByQueueWait" .) (not $auto.keda.prometheusAddress) }}
autoscaling.engine is keda with autoscaling.queueWait.targetMilliseconds, but autoscaling.keda.prometheusAddress is empty. Name the Prometheus that KEDA asks
{{- end }}
{{- end }}
{{- end -}}

{{- define "provnet.problems.ending" -}}
{{- $end := include "provnet.endSeconds" . | int64 -}}
{{- $grace := include "provnet.gracePeriod" . | int64 -}}
{{- if le $grace $end }}
terminationGracePeriodSeconds is {{ $grace }}, but preStopSeconds and server.drainTimeoutSeconds are {{ $end }} together: requests in flight would be cut by SIGKILL. Leave terminationGracePeriodSeconds out, or set more than {{ $end }}
{{- end }}
{{- end -}}

{{- define "provnet.problems.hardware" -}}
{{- $device := include "provnet.device" . -}}
{{- if and (hasPrefix "cuda" $device) (not .Values.gpu.enabled) }}
server.device is {{ $device }} without a GPU resource. Set gpu.enabled=true, or server.device=cpu
{{- end }}
{{- if and .Values.gpu.enabled (eq $device "cpu") }}
server.device is cpu while gpu.enabled is true: each pod would hold {{ int64 .Values.gpu.count }} of {{ .Values.gpu.resourceName }} and not use it. Leave server.device out, or set gpu.enabled=false
{{- end }}
{{- if and .Values.gpu.enabled (hasPrefix "cuda:" $device) }}
{{- if ge (trimPrefix "cuda:" $device | int64) (int64 .Values.gpu.count) }}
server.device is {{ $device }}, but a pod gets gpu.count={{ int64 .Values.gpu.count }}, numbered from 0. Name a lower one, or raise gpu.count
{{- end }}
{{- end }}
{{- range $what := list "cpu" "memory" }}
{{- $asked := dig "requests" $what "" $.Values.resources }}
{{- $limit := dig "limits" $what "" $.Values.resources }}
{{- if and $asked $limit }}
{{- if gt (include "provnet.amount" $asked | float64) (include "provnet.amount" $limit | float64) }}
resources.requests.{{ $what }} is {{ $asked }}, more than resources.limits.{{ $what }}, {{ $limit }}. Raise the limit or lower the request
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.gpu.enabled (dig "limits" .Values.gpu.resourceName "" .Values.resources) }}
resources.limits names {{ .Values.gpu.resourceName }}, which gpu.count sets. Leave it out of resources
{{- end }}
{{- end -}}

{{- define "provnet.problems.model" -}}
{{- $model := .Values.model -}}
{{- $needs := dict "pvc" "claimName" "s3" "bucket" "oci" "reference" "image" "reference" -}}
{{- range $source := keys $needs | sortAlpha }}
{{- $key := get $needs $source }}
{{- $value := get (get $model $source) $key }}
{{- if and (eq $source $model.source) (not $value) }}
model.source is {{ $source }}, but model.{{ $source }}.{{ $key }} is empty. Say where the model repository is, or choose another model.source
{{- end }}
{{- if and (ne $source $model.source) $value }}
model.{{ $source }}.{{ $key }} is {{ $value }}, which model.source={{ $model.source }} does not use. Set model.source={{ $source }}, or leave it out
{{- end }}
{{- end }}
{{- if and (eq $model.source "image") (semverCompare "<1.33.0-0" .Capabilities.KubeVersion.Version) }}
model.source is image, but Kubernetes {{ .Capabilities.KubeVersion.Version }} has no image volumes, or lets no restricted pod have them: 1.35 does, 1.33 with the feature gate ImageVolume. Use model.source=oci
{{- end }}
{{- end -}}

{{- define "provnet.problems.disruption" -}}
{{- $budget := .Values.podDisruptionBudget -}}
{{- $fewest := include "provnet.fewestPods" . | int64 -}}
{{- $isMax := not (kindIs "invalid" $budget.maxUnavailable) -}}
{{- $isMin := not (kindIs "invalid" $budget.minAvailable) -}}
{{- if $budget.enabled -}}
{{- if and $isMax $isMin }}
podDisruptionBudget has both maxUnavailable and minAvailable; Kubernetes takes one. Leave the other out
{{- else if $isMin }}
{{- $stay := int64 0 }}
{{- if kindIs "string" $budget.minAvailable }}
{{- /* Kubernetes rounds a share of the pods up. */}}
{{- $stay = div (add (mul (trimSuffix "%" $budget.minAvailable | int64) $fewest) 99) 100 }}
{{- else }}
{{- $stay = int64 $budget.minAvailable }}
{{- end }}
{{- if ge $stay $fewest }}
podDisruptionBudget.minAvailable is {{ include "provnet.scalar" $budget.minAvailable }} and there may be only {{ $fewest }} pods, of which {{ $stay }} would have to stay: no node with one could be drained. Set less, or more pods
{{- end }}
{{- else if and $isMax (has (toString $budget.maxUnavailable) (list "0" "0%")) }}
podDisruptionBudget.maxUnavailable is {{ $budget.maxUnavailable }}: no node with a pod could be drained. Set 1 or more
{{- end }}
{{- end }}
{{- $none := list "0" "0%" }}
{{- if and (has (toString .Values.rollout.maxSurge) $none) (has (toString .Values.rollout.maxUnavailable) $none) }}
rollout.maxSurge and rollout.maxUnavailable are both 0: no pod could ever be replaced. Set one of them
{{- end }}
{{- if le (int64 .Values.rollout.progressDeadlineSeconds) (int64 .Values.rollout.minReadySeconds) }}
rollout.progressDeadlineSeconds is {{ int64 .Values.rollout.progressDeadlineSeconds }}, not more than rollout.minReadySeconds, {{ int64 .Values.rollout.minReadySeconds }}: every rollout would count as stuck. Raise the one or lower the other
{{- end }}
{{- end -}}

{{- define "provnet.problems.network" -}}
{{- $policy := .Values.networkPolicy -}}
{{- if $policy.enabled -}}
{{- if not $policy.callers }}
networkPolicy.callers is empty while networkPolicy.enabled is true: nobody could call. Name a caller, or set networkPolicy.enabled=false
{{- end }}
{{- $names := list }}
{{- range $policy.callers }}{{ $names = append $names .name }}{{ end }}
{{- if ne (len $names) (len (uniq $names)) }}
networkPolicy.callers has a name twice: {{ join ", " $names }}. Give each a name of its own, or put both into one `from`
{{- end }}
{{- $outside := false }}
{{- range $caller := $policy.callers }}{{ range $caller.from }}{{ if .ipBlock }}{{ $outside = true }}{{ end }}{{ end }}{{ end }}
{{- if and (eq .Values.service.type "LoadBalancer") $policy.callers (not $outside) }}
service.type is LoadBalancer, but networkPolicy.callers names pods only: nobody could call from outside the cluster. Name the addresses that come in by an `ipBlock`
{{- end }}
{{- if and .Values.monitoring.podMonitor.enabled (not $policy.monitoring) }}
monitoring.podMonitor.enabled is true, but networkPolicy.monitoring lets nobody read metrics. Say where Prometheus runs
{{- end }}
{{- if and (include "provnet.copiesModels" .) (or (eq .Values.model.source "s3") .Values.model.oci.reference) }}
{{- $port := include "provnet.modelSourcePort" . }}
{{- $open := list }}
{{- range $policy.modelSourcePorts }}{{ $open = append $open (int64 . | toString) }}{{ end }}
{{- if not (has $port $open) }}
{{ include "provnet.modelSourceName" . }}, which is port {{ $port }}, but networkPolicy.modelSourcePorts opens only {{ join ", " $open }}: the models could not be copied. Add {{ $port }} there, beside the port of the pods where a Service has another
{{- end }}
{{- end }}
{{- if and $policy.collector (not .Values.server.otlpEndpoint) }}
networkPolicy.collector says where spans may go, but server.otlpEndpoint is empty: none are sent. Name the collector, or leave it out
{{- end }}
{{- end }}
{{- range $pair := list (list "grpc" "http") (list "grpc" "health") (list "http" "health") }}
{{- $one := index $.Values.ports (first $pair) }}
{{- $other := index $.Values.ports (last $pair) }}
{{- if and $one $other (eq (int64 $one) (int64 $other)) }}
ports.{{ first $pair }} and ports.{{ last $pair }} are both {{ int64 $one }}. Choose two
{{- end }}
{{- end }}
{{- end -}}

{{- define "provnet.problems.access" -}}
{{- $auth := .Values.auth -}}
{{- if and $auth.policy $auth.policyConfigMap }}
auth.policy and auth.policyConfigMap are both given. Keep one
{{- end }}
{{- if and $auth.tokensSecret (not (include "provnet.hasPolicy" .)) }}
auth.tokensSecret is {{ $auth.tokensSecret }} without a policy that says what the tokens' roles may do. Set auth.policy or auth.policyConfigMap
{{- end }}
{{- if and (include "provnet.hasPolicy" .) (not $auth.tokensSecret) (not .Values.tls.clientCertificates) }}
there is an access policy, but neither auth.tokensSecret nor tls.clientCertificates: nobody could say who they are, and every call would be refused. Name the Secret with the tokens' digests, or ask for certificates
{{- end }}
{{- if and .Values.audit.subPath (not .Values.audit.claimName) }}
audit.subPath is {{ .Values.audit.subPath }}, but audit.claimName is empty: nothing would be recorded. Name the claim, or leave it out
{{- end }}
{{- if and .Values.tests.enabled (include "provnet.hasPolicy" .) (not .Values.tests.tokenSecret) (not .Values.tls.clientCertificates) }}
tests.enabled is true under an access policy, but tests.tokenSecret is empty: `helm test` would be refused. Name a Secret with a token that may call ListModels, or set tests.enabled=false
{{- end }}
{{- end -}}

{{- define "provnet.problems.state" -}}
{{- $state := .Values.state -}}
{{- range .Values.auth.policy.roles }}
{{- if and (or .membership_budget .membershipBudget) (not $state.enabled) }}
auth.policy gives the role {{ .name }} a membership budget, but state.enabled is false: there is no place to keep what is used of it. Set state.enabled=true
{{- end }}
{{- end }}
{{- if $state.claimName }}
{{- if not $state.enabled }}
state.claimName is {{ $state.claimName }}, but state.enabled is false. Set state.enabled=true, or leave it out
{{- end }}
{{- if or .Values.autoscaling.enabled (ne (include "provnet.replicas" .) "1") }}
state.claimName is {{ $state.claimName }} with more than one pod: a server locks its folder, so the others would never become ready. Set replicas=1 without autoscaling, or leave the claim out
{{- end }}
{{- if not (has (toString .Values.rollout.maxSurge) (list "0" "0%")) }}
state.claimName is {{ $state.claimName }} with rollout.maxSurge={{ .Values.rollout.maxSurge }}: a new pod would wait for the folder that the old one has locked. Set rollout.maxSurge=0 and rollout.maxUnavailable=1
{{- end }}
{{- end }}
{{- end -}}

{{- define "provnet.problems.tls" -}}
{{- $tls := .Values.tls -}}
{{- if and $tls.enabled (not $tls.secretName) (not $tls.certManager.enabled) }}
tls.enabled is true without a certificate. Name a Secret of type kubernetes.io/tls in tls.secretName, or set tls.certManager.enabled=true
{{- end }}
{{- if and (not $tls.enabled) (or $tls.secretName $tls.clientCertificates $tls.certManager.enabled) }}
tls.secretName, tls.clientCertificates or tls.certManager.enabled is set, but tls.enabled is false: calls would travel in the clear. Set tls.enabled=true, or leave them out
{{- end }}
{{- if and $tls.clientCertificates (not $tls.clientCaSecret) }}
tls.clientCertificates is true, but tls.clientCaSecret is empty: no caller's certificate could be checked. Name the Secret with the authorities
{{- end }}
{{- if and $tls.clientCaSecret (not $tls.clientCertificates) }}
tls.clientCaSecret is {{ $tls.clientCaSecret }}, but tls.clientCertificates is false: nobody would be asked for a certificate. Set tls.clientCertificates=true, or leave it out
{{- end }}
{{- if and $tls.certManager.enabled (not $tls.certManager.issuerName) }}
tls.certManager.enabled is true, but tls.certManager.issuerName is empty. Name the {{ $tls.certManager.issuerKind }}
{{- end }}
{{- $ask := $tls.certManager }}
{{- if and $ask.enabled (ge (include "provnet.nanoseconds" $ask.renewBefore | int64) (include "provnet.nanoseconds" $ask.duration | int64)) }}
tls.certManager.renewBefore is {{ $ask.renewBefore }}, not less than tls.certManager.duration, {{ $ask.duration }}: a certificate would be due for renewal as soon as it is made. Lower the one or raise the other
{{- end }}
{{- if and .Values.tests.enabled $tls.enabled (not .Values.tests.tlsSecret) }}
tests.enabled is true under TLS, but tests.tlsSecret is empty: `helm test` could not tell the server from another. Name the Secret with its authority (with cert-manager: the server's own), or set tests.enabled=false
{{- end }}
{{- end -}}

{{- /* The server's own bounds; it would refuse to start. */ -}}
{{- define "provnet.problems.times" -}}
{{- $bounds := dict "handshakeTimeout" (list "1ms" "1h") "repositoryPollInterval" (list "10ms" "24h") "maxQueueWait" (list "0.001ms" "inf") "maxConnectionIdle" (list "1ms" "inf") "maxConnectionAge" (list "1ms" "inf") "maxConnectionAgeGrace" (list "1ms" "inf") -}}
{{- range $name := keys $bounds | sortAlpha }}
{{- $value := get $.Values.server $name }}
{{- $lowest := get $bounds $name | first }}
{{- $highest := get $bounds $name | last }}
{{- if and $value (ne (toString $value) $highest) }}
{{- if or (eq $value "inf") (lt (include "provnet.nanoseconds" $value | int64) (include "provnet.nanoseconds" $lowest | int64)) (and (ne $highest "inf") (gt (include "provnet.nanoseconds" $value | int64) (include "provnet.nanoseconds" (ternary $lowest $highest (eq $highest "inf")) | int64))) }}
server.{{ $name }} is {{ $value }}, expected {{ $lowest }} to {{ $highest }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "provnet.problems.flags" -}}
{{- $own := splitList " " (include "provnet.ownFlags" .) -}}
{{- range .Values.server.extraArgs }}
{{- $name := . | trimPrefix "--" | splitList "=" | first | replace "_" "-" }}
{{- if or (has $name $own) (and (hasPrefix "no" $name) (has (trimPrefix "no" $name | trimPrefix "-") $own)) }}
server.extraArgs has --{{ $name }}, which is for the chart to set. Use the values
{{- end }}
{{- end }}
{{- end -}}
