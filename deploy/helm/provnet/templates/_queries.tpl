{{- /* Seconds that requests of all pods waited in the queue, in the mean of two minutes; 0 without requests. */ -}}
{{- define "provnet.queueWaitQuery" -}}
{{- $pods := printf "namespace=%q,pod=~%q" .Release.Namespace (printf "%s-.+" (include "provnet.fullname" .)) -}}
sum(rate(provnet_queue_wait_seconds_sum{ {{- $pods -}} }[2m])) / clamp_min(sum(rate(provnet_queue_wait_seconds_count{ {{- $pods -}} }[2m])), 0.001)
{{- end -}}
