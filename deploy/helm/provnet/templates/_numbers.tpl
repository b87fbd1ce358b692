{{- /* Values that follow from others. */ -}}

{{- /* As a number without exponent: YAML's numbers reach templates as floating point. */ -}}
{{- define "provnet.scalar" -}}
{{- $shown := . -}}
{{- if kindIs "float64" . -}}{{- if eq (floor .) . -}}{{- $shown = int64 . -}}{{- end -}}{{- end -}}
{{- $shown -}}
{{- end -}}

{{- define "provnet.replicas" -}}
{{- if kindIs "invalid" .Values.replicas -}}2{{- else -}}{{ int64 .Values.replicas }}{{- end -}}
{{- end -}}

{{- define "provnet.fewestPods" -}}
{{- if .Values.autoscaling.enabled -}}{{ int64 .Values.autoscaling.minReplicas }}{{- else -}}{{ include "provnet.replicas" . }}{{- end -}}
{{- end -}}

{{- /* Seconds from SIGTERM's order to the end, when all goes well. */ -}}
{{- define "provnet.endSeconds" -}}
{{- add (int64 .Values.preStopSeconds) (int64 .Values.server.drainTimeoutSeconds) -}}
{{- end -}}

{{- define "provnet.gracePeriod" -}}
{{- if kindIs "invalid" .Values.terminationGracePeriodSeconds -}}
{{- add (include "provnet.endSeconds" . | int64) 10 -}}
{{- else -}}
{{- int64 .Values.terminationGracePeriodSeconds -}}
{{- end -}}
{{- end -}}

{{- define "provnet.device" -}}
{{- .Values.server.device | default (ternary "cuda" "cpu" .Values.gpu.enabled) -}}
{{- end -}}

{{- /* "true" when there is an access policy, wherever it comes from. */ -}}
{{- define "provnet.hasPolicy" -}}
{{- if or .Values.auth.policy .Values.auth.policyConfigMap -}}true{{- end -}}
{{- end -}}

{{- /* What meshes and gateways are told that the port speaks. */ -}}
{{- define "provnet.appProtocol" -}}
{{- ternary "https" "kubernetes.io/h2c" .Values.tls.enabled -}}
{{- end -}}

{{- /* "true" when an init container fetches the models. */ -}}
{{- define "provnet.copiesModels" -}}
{{- if has .Values.model.source (list "s3" "oci") -}}true{{- end -}}
{{- end -}}

{{- /* What the init container reads, as the value has it: the storage's URL or the artifact's name. */ -}}
{{- define "provnet.modelSourceName" -}}
{{- if eq .Values.model.source "s3" -}}
model.s3.endpoint is {{ .Values.model.s3.endpoint | default "empty (Amazon's)" }}
{{- else -}}
model.oci.reference is {{ .Values.model.oci.reference }}{{ if .Values.model.oci.plainHttp }} with model.oci.plainHttp{{ end }}
{{- end -}}
{{- end -}}

{{- /* The port on which the init container finds the models. */ -}}
{{- define "provnet.modelSourcePort" -}}
{{- $s3 := eq .Values.model.source "s3" -}}
{{- $plain := ternary (hasPrefix "http://" .Values.model.s3.endpoint) .Values.model.oci.plainHttp $s3 -}}
{{- $host := ternary .Values.model.s3.endpoint .Values.model.oci.reference $s3 | trimPrefix "http://" | trimPrefix "https://" | splitList "/" | first -}}
{{- regexFind ":[0-9]+$" $host | trimPrefix ":" | default (ternary "80" "443" $plain) -}}
{{- end -}}

{{- /* Of a duration such as 1h30m, in nanoseconds. */ -}}
{{- define "provnet.nanoseconds" -}}
{{- $start := toDate "2006-01-02" "1970-01-01" -}}
{{- sub (dateModify . $start).UnixNano $start.UnixNano -}}
{{- end -}}

{{- /* Of a quantity such as 500m or 1.5Gi, as floating point. */ -}}
{{- define "provnet.amount" -}}
{{- $units := dict "m" 0.001 "k" 1e3 "K" 1e3 "M" 1e6 "G" 1e9 "T" 1e12 "P" 1e15 "E" 1e18 "Ki" 1024.0 "Mi" 1048576.0 "Gi" 1073741824.0 "Ti" 1099511627776.0 "Pi" 1125899906842624.0 "Ei" 1152921504606846976.0 -}}
{{- $number := regexFind "^[0-9.]+" (toString .) -}}
{{- mulf (float64 $number) (get $units (trimPrefix $number (toString .)) | default 1.0) -}}
{{- end -}}

{{- /* How long a connection takes calls; empty is the server's. Where pods come by the load, they are to get their share of it. */ -}}
{{- define "provnet.maxConnectionAge" -}}
{{- .Values.server.maxConnectionAge | default (ternary "60s" "" .Values.autoscaling.enabled) -}}
{{- end -}}

{{- define "provnet.scalesByQueueWait" -}}
{{- if and .Values.autoscaling.enabled (not (kindIs "invalid" .Values.autoscaling.queueWait.targetMilliseconds)) -}}true{{- end -}}
{{- end -}}

{{- define "provnet.scalesByCpu" -}}
{{- if and .Values.autoscaling.enabled (not (kindIs "invalid" .Values.autoscaling.cpu.targetUtilization)) -}}true{{- end -}}
{{- end -}}
