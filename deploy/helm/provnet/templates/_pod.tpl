{{- define "provnet.podSpec" -}}
serviceAccountName: {{ include "provnet.serviceAccountName" . | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
terminationGracePeriodSeconds: {{ include "provnet.gracePeriod" . }}
securityContext: {{- include "provnet.podSecurityContext" . | nindent 2 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . | quote }}
{{- end }}
{{- include "provnet.placement" . }}
{{- if include "provnet.copiesModels" . }}
initContainers: {{- include "provnet.modelCopier" . | nindent 2 }}
{{- end }}
containers: {{- include "provnet.serverContainer" . | nindent 2 }}
volumes: {{- include "provnet.volumes" . | nindent 2 }}
{{- end -}}

{{- define "provnet.serverContainer" -}}
- name: server
  image: {{ include "provnet.image" . | quote }}
  imagePullPolicy: {{ .Values.image.pullPolicy }}
  args: {{- include "provnet.flags" . | nindent 4 }}
  {{- if or .Values.extraEnv .Values.audit.claimName }}
  env:
    {{- if .Values.audit.claimName }}
    - name: POD_NAME
      valueFrom: {fieldRef: {fieldPath: metadata.name}}
    {{- end }}
    {{- with .Values.extraEnv }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  {{- end }}
  ports:
    - {name: grpc, containerPort: {{ int64 .Values.ports.grpc }}}
    - {name: http, containerPort: {{ int64 .Values.ports.http }}}
    {{- with .Values.ports.health }}
    - {name: health, containerPort: {{ int64 . }}}
    {{- end }}
  startupProbe:
    httpGet: {path: /healthz, port: http}
    {{- include "provnet.probeTimes" .Values.probes.startup | trim | nindent 4 }}
  readinessProbe:
    httpGet: {path: /readyz/{{ .Values.probes.readyFor }}, port: http}
    {{- include "provnet.probeTimes" .Values.probes.readiness | trim | nindent 4 }}
  livenessProbe:
    httpGet: {path: /healthz, port: http}
    {{- include "provnet.probeTimes" .Values.probes.liveness | trim | nindent 4 }}
  lifecycle:
    # SIGTERM closes the door at once: first let every proxy and client hear that this pod has left.
    preStop:
      {{- if semverCompare ">=1.30.0-0" .Capabilities.KubeVersion.Version }}
      sleep: {seconds: {{ int64 .Values.preStopSeconds }}}
      {{- else }}
      exec: {command: [sleep, {{ int64 .Values.preStopSeconds | quote }}]}
      {{- end }}
  # Why the server did not start is then in the pod's status.
  terminationMessagePolicy: FallbackToLogsOnError
  resources: {{- include "provnet.resources" . | nindent 4 }}
  securityContext: {{- include "provnet.containerSecurityContext" . | nindent 4 }}
  volumeMounts: {{- include "provnet.volumeMounts" . | nindent 4 }}
{{- end -}}

{{- define "provnet.probeTimes" -}}
{{- range $key := keys . | sortAlpha }}
{{ $key }}: {{ get $ $key | int64 }}
{{- end }}
{{- end -}}

{{- define "provnet.resources" -}}
{{- $resources := deepCopy .Values.resources -}}
{{- if .Values.gpu.enabled -}}
{{- $gpus := dict .Values.gpu.resourceName (int64 .Values.gpu.count) -}}
{{- $_ := set $resources "limits" (merge (dict) $gpus ($resources.limits | default dict)) -}}
{{- $_ := set $resources "requests" (merge (dict) $gpus ($resources.requests | default dict)) -}}
{{- end -}}
{{- toYaml $resources -}}
{{- end -}}

{{- define "provnet.volumeMounts" -}}
- name: models
  mountPath: /models
  readOnly: true
  {{- if and (eq .Values.model.source "pvc") .Values.model.pvc.subPath }}
  subPath: {{ .Values.model.pvc.subPath | quote }}
  {{- end }}
- {name: tmp, mountPath: /tmp}
{{- if include "provnet.hasPolicy" . }}
- {name: policy, mountPath: /etc/provnet/policy, readOnly: true}
{{- end }}
{{- if .Values.auth.tokensSecret }}
- {name: tokens, mountPath: /etc/provnet/tokens, readOnly: true}
{{- end }}
{{- if .Values.state.enabled }}
- {name: state, mountPath: /var/lib/provnet}
{{- end }}
{{- if .Values.audit.claimName }}
- name: audit
  mountPath: /var/log/provnet
  {{- with .Values.audit.subPath }}
  subPath: {{ . | quote }}
  {{- end }}
{{- end }}
{{- if .Values.tls.enabled }}
- {name: tls, mountPath: /etc/provnet/tls, readOnly: true}
{{- end }}
{{- if .Values.tls.clientCertificates }}
- {name: client-ca, mountPath: /etc/provnet/client-ca, readOnly: true}
{{- end }}
{{- end -}}

{{- define "provnet.volumes" -}}
{{ include "provnet.modelVolume" . }}
- name: tmp
  emptyDir: {sizeLimit: 256Mi}
{{- if include "provnet.copiesModels" . }}
# Tools unpack there what they copy.
- name: copier-tmp
  emptyDir: {sizeLimit: {{ .Values.model.copy.sizeLimit | quote }}}
{{- end }}
{{- if include "provnet.hasPolicy" . }}
- name: policy
  configMap:
    name: {{ .Values.auth.policyConfigMap | default (printf "%s-policy" (include "provnet.fullname" .)) | quote }}
{{- end }}
{{- with .Values.auth.tokensSecret }}
- name: tokens
  secret:
    secretName: {{ . | quote }}
    defaultMode: 0440
{{- end }}
{{- if .Values.state.enabled }}
- name: state
  {{- if .Values.state.claimName }}
  persistentVolumeClaim: {claimName: {{ .Values.state.claimName | quote }}}
  {{- else }}
  emptyDir: {sizeLimit: 64Mi}
  {{- end }}
{{- end }}
{{- with .Values.audit.claimName }}
- name: audit
  persistentVolumeClaim: {claimName: {{ . | quote }}}
{{- end }}
{{- if .Values.tls.enabled }}
- name: tls
  secret:
    secretName: {{ include "provnet.tlsSecret" . | quote }}
    defaultMode: 0440
{{- end }}
{{- if .Values.tls.clientCertificates }}
- name: client-ca
  secret:
    secretName: {{ .Values.tls.clientCaSecret | quote }}
    defaultMode: 0440
{{- end }}
{{- end -}}
