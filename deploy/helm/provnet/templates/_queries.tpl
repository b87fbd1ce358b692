{{- /* The labels by which Prometheus tells this installation from others: what the operator makes of the PodMonitor, else the namespace. */ -}}
{{- define "provnet.ownLabels" -}}
namespace={{ .Release.Namespace | quote }}
{{- if .Values.monitoring.podMonitor.enabled -}}
,job={{ printf "%s/%s" .Release.Namespace (include "provnet.fullname" .) | quote }}
{{- end -}}
{{- end -}}

{{- /* files/alerts.yaml, which serves any number of installations, as this one needs it. */ -}}
{{- define "provnet.rules" -}}
{{- $rules := .Files.Get "files/alerts.yaml" -}}
{{- $rules = $rules | replace "absent(provnet_build_info)" (printf "absent(provnet_build_info{%s})" (include "provnet.ownLabels" .)) -}}
{{- with .Values.monitoring.prometheusRule.runbookUrl -}}
{{- $rules = $rules | replace "runbook: docs/runbook.md#" (printf "runbook_url: %s#" .) -}}
{{- end -}}
{{- $rules -}}
{{- end -}}

{{- /* Seconds that requests of all pods waited in the queue, in the mean of two minutes; 0 without requests. */ -}}
{{- define "provnet.queueWaitQuery" -}}
{{- $pods := printf "namespace=%q,pod=~%q" .Release.Namespace (printf "%s-[0-9a-z]+-[0-9a-z]{5}" (include "provnet.fullname" .)) -}}
sum(rate(provnet_queue_wait_seconds_sum{ {{- $pods -}} }[2m])) / clamp_min(sum(rate(provnet_queue_wait_seconds_count{ {{- $pods -}} }[2m])), 0.001)
{{- end -}}
