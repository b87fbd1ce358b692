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

{{- define "provnet.scalesByQueueWait" -}}
{{- if and .Values.autoscaling.enabled (not (kindIs "invalid" .Values.autoscaling.queueWait.targetMilliseconds)) -}}true{{- end -}}
{{- end -}}

{{- define "provnet.scalesByCpu" -}}
{{- if and .Values.autoscaling.enabled (not (kindIs "invalid" .Values.autoscaling.cpu.targetUtilization)) -}}true{{- end -}}
{{- end -}}
