{{- define "provnet.testLabels" -}}
app.kubernetes.io/name: {{ include "provnet.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/component: chart-test
{{- end -}}

{{- /* What the test shows the server, and by what it knows it. */ -}}
{{- define "provnet.testMounts" -}}
{{- if or .Values.tests.tokenSecret .Values.tls.enabled -}}
volumeMounts:
  {{- if .Values.tests.tokenSecret }}
  - {name: token, mountPath: /etc/provnet/token, readOnly: true}
  {{- end }}
  {{- if .Values.tls.enabled }}
  - {name: tls, mountPath: /etc/provnet/tls, readOnly: true}
  {{- end }}
{{- end -}}
{{- end -}}

{{- define "provnet.testVolumes" -}}
{{- if or .Values.tests.tokenSecret .Values.tls.enabled -}}
volumes:
  {{- with .Values.tests.tokenSecret }}
  - name: token
    secret: {secretName: {{ . | quote }}, defaultMode: 0440}
  {{- end }}
  {{- if .Values.tls.enabled }}
  - name: tls
    secret: {secretName: {{ .Values.tests.tlsSecret | quote }}, defaultMode: 0440}
  {{- end }}
{{- end -}}
{{- end -}}
