{{- /* The command line of provnet-server. */ -}}

{{- /* What the chart sets itself, so that server.extraArgs may not. */ -}}
{{- define "provnet.ownFlags" -}}
model-repository listen http port-file drain-timeout flagfile fromenv tryfromenv access-policy tokens tls-cert tls-key tls-client-ca health audit-log state-dir
{{- range $key := keys .Values.server | sortAlpha }} {{ kebabcase $key }}{{ end }}
{{- end -}}

{{- define "provnet.flags" -}}
- --model-repository=/models
- --listen={{ .Values.server.bindAddress }}:{{ int64 .Values.ports.grpc }}
- --http={{ .Values.server.bindAddress }}:{{ int64 .Values.ports.http }}
{{- with .Values.ports.health }}
- --health={{ $.Values.server.bindAddress }}:{{ int64 . }}
{{- end }}
- --device={{ include "provnet.device" . }}
- --drain-timeout={{ int64 .Values.server.drainTimeoutSeconds }}s
{{- $others := omit .Values.server "bindAddress" "device" "drainTimeoutSeconds" "extraArgs" "maxConnectionAge" }}
{{- range $key := keys $others | sortAlpha }}
{{- $value := get $others $key }}
{{- if not (kindIs "invalid" $value) }}
- --{{ kebabcase $key }}={{ include "provnet.scalar" $value }}
{{- end }}
{{- end }}
{{- with include "provnet.maxConnectionAge" . }}
- --max-connection-age={{ . }}
{{- end }}
{{- if include "provnet.hasPolicy" . }}
- --access-policy=/etc/provnet/policy/{{ .Values.auth.policyKey }}
{{- end }}
{{- with .Values.auth.tokensSecret }}
- --tokens=/etc/provnet/tokens/{{ $.Values.auth.tokensKey }}
{{- end }}
{{- if .Values.state.enabled }}
- --state-dir=/var/lib/provnet
{{- end }}
{{- if .Values.audit.claimName }}
- --audit-log=/var/log/provnet/$(POD_NAME).jsonl
{{- end }}
{{- if .Values.tls.enabled }}
- --tls-cert=/etc/provnet/tls/tls.crt
- --tls-key=/etc/provnet/tls/tls.key
{{- end }}
{{- if .Values.tls.clientCertificates }}
- --tls-client-ca=/etc/provnet/client-ca/{{ .Values.tls.clientCaKey }}
{{- end }}
{{- range .Values.server.extraArgs }}
- {{ . | quote }}
{{- end }}
{{- end -}}
