{{- /* Where /models comes from. */ -}}

{{- define "provnet.modelVolume" -}}
{{- $model := .Values.model -}}
- name: models
{{- if eq $model.source "pvc" }}
  persistentVolumeClaim:
    claimName: {{ $model.pvc.claimName | quote }}
    readOnly: true
{{- else if eq $model.source "image" }}
  image:
    reference: {{ $model.image.reference | quote }}
    pullPolicy: {{ $model.image.pullPolicy }}
{{- else }}
  emptyDir:
    sizeLimit: {{ $model.copy.sizeLimit | quote }}
{{- end }}
{{- if and (eq $model.source "oci") $model.oci.pullSecret }}
- name: registry
  secret:
    secretName: {{ $model.oci.pullSecret | quote }}
    items:
      - {key: .dockerconfigjson, path: config.json}
{{- end }}
{{- end -}}

{{- /* The container that copies the repository before the server starts. Its last words are in the pod's status when it fails. */ -}}
{{- define "provnet.modelCopier" -}}
{{- $model := .Values.model -}}
- name: copy-models
{{- if eq $model.source "s3" }}
  image: {{ $model.s3.image | quote }}
  # To rclone, a folder without files is copied well; here it means that nothing could be served.
  command:
    - sh
    - -c
    - |
      rclone "$@" || exit
      for version in /models/*/[0-9]*/; do
        [ ! -d "$version" ] || exit 0
      done
      echo "${2#source:} has no <model>/<version>/ to copy: model.s3.bucket and model.s3.prefix have to name the folder above the models" >&2
      exit 1
    - copy-models
  args:
    - copy
    - {{ printf "source:%s" (trimSuffix "/" (printf "%s/%s" $model.s3.bucket (trimAll "/" $model.s3.prefix))) | quote }}
    - /models
    - --config=
    - --checksum
    - --retries=5
    - --transfers=8
    - --log-level=NOTICE
  env:
    - {name: RCLONE_CONFIG_SOURCE_TYPE, value: s3}
    - {name: RCLONE_CONFIG_SOURCE_PROVIDER, value: {{ $model.s3.provider | quote }}}
    {{- with $model.s3.endpoint }}
    - {name: RCLONE_CONFIG_SOURCE_ENDPOINT, value: {{ . | quote }}}
    {{- end }}
    {{- with $model.s3.region }}
    - {name: RCLONE_CONFIG_SOURCE_REGION, value: {{ . | quote }}}
    {{- end }}
    {{- with $model.s3.credentialsSecret }}
    - name: RCLONE_CONFIG_SOURCE_ACCESS_KEY_ID
      valueFrom: {secretKeyRef: {name: {{ . | quote }}, key: accessKeyId}}
    - name: RCLONE_CONFIG_SOURCE_SECRET_ACCESS_KEY
      valueFrom: {secretKeyRef: {name: {{ . | quote }}, key: secretAccessKey}}
    {{- end }}
    # What a tool writes beside the models goes to the only other place that can be written.
    - {name: HOME, value: /tmp}
{{- else }}
  image: {{ $model.oci.image | quote }}
  args:
    - pull
    - {{ $model.oci.reference | quote }}
    - --output=/models
    - --no-tty
    {{- if $model.oci.plainHttp }}
    - --plain-http
    {{- end }}
    {{- if $model.oci.pullSecret }}
    - --registry-config=/etc/registry/config.json
    {{- end }}
  env:
    - {name: HOME, value: /tmp}
{{- end }}
  terminationMessagePolicy: FallbackToLogsOnError
  resources: {{- toYaml $model.copy.resources | nindent 4 }}
  securityContext: {{- include "provnet.containerSecurityContext" . | nindent 4 }}
  volumeMounts:
    - {name: models, mountPath: /models}
    - {name: copier-tmp, mountPath: /tmp}
    {{- if and (eq $model.source "oci") $model.oci.pullSecret }}
    - {name: registry, mountPath: /etc/registry, readOnly: true}
    {{- end }}
{{- end -}}
