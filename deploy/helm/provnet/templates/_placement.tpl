{{- /* Which nodes may run pods, and how they spread. */ -}}
{{- define "provnet.placement" -}}
{{- $gpu := .Values.gpu -}}
{{- $selector := merge (dict) .Values.nodeSelector (ternary $gpu.nodeSelector (dict) $gpu.enabled) -}}
{{- $tolerations := concat .Values.tolerations (ternary $gpu.tolerations (list) $gpu.enabled) -}}
{{- if and $gpu.enabled $gpu.runtimeClassName }}
runtimeClassName: {{ $gpu.runtimeClassName | quote }}
{{- end }}
{{- with $selector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
{{- $spread := list (list "topology.kubernetes.io/zone" .Values.topologySpread.zone) (list "kubernetes.io/hostname" .Values.topologySpread.node) }}
{{- $first := true }}
{{- range $pair := $spread }}
{{- if ne (last $pair) "Off" }}
{{- if $first }}
topologySpreadConstraints:
{{- end }}
{{- $first = false }}
  - topologyKey: {{ first $pair }}
    whenUnsatisfiable: {{ last $pair }}
    maxSkew: {{ int64 $.Values.topologySpread.maxSkew }}
    labelSelector:
      matchLabels: {{- include "provnet.selectorLabels" $ | nindent 8 }}
    # Each rollout's pods are spread for themselves.
    matchLabelKeys: [pod-template-hash]
{{- end }}
{{- end }}
{{- end -}}
