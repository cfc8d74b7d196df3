{{- define "group-dispatch.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 50 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "group-dispatch.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "group-dispatch.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 }}
{{ include "group-dispatch.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "group-dispatch.postgresql" -}}
{{- printf "%s-postgresql" (include "group-dispatch.fullname" .) -}}
{{- end -}}

{{- define "group-dispatch.repository" -}}
{{- if .Values.image.repository -}}
{{- .Values.image.repository -}}
{{- else -}}
{{- fail "set image.repository to where you pushed the image: packaging/README.md says how to make it" -}}
{{- end -}}
{{- end -}}

{{/* The Secret with the address of the database, and its key. */}}
{{- define "group-dispatch.databaseSecret" -}}
{{- if .Values.database.existingSecret -}}
{{- .Values.database.existingSecret -}}
{{- else if .Values.postgresql.enabled -}}
{{- include "group-dispatch.postgresql" . -}}
{{- else -}}
{{- fail "set database.existingSecret to a Secret with the address of a PostgreSQL, or postgresql.enabled to true" -}}
{{- end -}}
{{- end -}}

{{- define "group-dispatch.databaseKey" -}}
{{- if .Values.database.existingSecret }}{{ .Values.database.key }}{{ else }}url{{ end -}}
{{- end -}}

{{/* The password that was given, or that an earlier revision made, or a new one. */}}
{{- define "group-dispatch.postgresqlPassword" -}}
{{- $secret := lookup "v1" "Secret" .Release.Namespace (include "group-dispatch.postgresql" .) -}}
{{- if .Values.postgresql.password -}}
{{- .Values.postgresql.password -}}
{{- else if and $secret $secret.data -}}
{{- $secret.data.password | b64dec -}}
{{- else -}}
{{- randAlphaNum 32 -}}
{{- end -}}
{{- end -}}

{{/* What the restricted Pod Security Standard asks of a container. */}}
{{- define "group-dispatch.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}

{{- define "group-dispatch.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}
