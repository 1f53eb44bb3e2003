import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const serve =
  "require('http').createServer((q, s) => s.end('ok')).listen(8080); process.on('SIGTERM', process.exit)";

const node = (script: string, indent: number) =>
  [
    'restartPolicy: Never',
    'terminationGracePeriodSeconds: 0',
    'containers:',
    '  - name: main',
    '    image: {{ .Values.image }}',
    `    command: ["node", "-e", ${JSON.stringify(script)}]`,
  ].join(`\n${' '.repeat(indent)}`);

const hook = (kind: string, name: string, events: string, more = '') =>
  `apiVersion: ${kind === 'Job' ? 'batch/v1' : 'v1'}
kind: ${kind}
metadata:
  name: ${name}
  annotations:
    helm.sh/hook: ${events}${more}
`;

const job = (name: string, events: string, script: string, more = '', account = '') =>
  `${hook('Job', name, events, more)}spec:
  backoffLimit: 0
  template:
    spec:
      ${account === '' ? '' : `serviceAccountName: ${account}\n      `}${node(script, 6)}
`;

const FILES: Readonly<Record<string, string>> = {
  'Chart.yaml': 'apiVersion: v2\nname: shop\nversion: 1.0.0\n',
  'values.yaml': 'image: ""\nreplicas: 1\nmigration: "console.log(\'migrated\')"\ncheck: "process.exit(0)"\n',
  'crds/widgets.yaml': `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: { name: widgets.shop.example.com }
spec:
  group: shop.example.com
  scope: Namespaced
  names: { plural: widgets, singular: widget, kind: Widget }
  versions:
    - name: v1
      served: true
      storage: true
      schema: { openAPIV3Schema: { type: object, x-kubernetes-preserve-unknown-fields: true } }
`,
  'templates/facts.yaml': `apiVersion: v1
kind: ConfigMap
metadata:
  name: facts
  labels: { app: shop }
  annotations:
data:
  release: {{ .Release.Name }}
  namespace: {{ .Release.Namespace }}
  occasion: {{ if .Release.IsUpgrade }}upgrade{{ else }}install{{ end }}
  kubernetes: {{ .Capabilities.KubeVersion.Version }}
  coordination: {{ .Capabilities.APIVersions.Has "coordination.k8s.io/v1/Lease" | quote }}
  widgets: {{ .Capabilities.APIVersions.Has "shop.example.com/v1/Widget" | quote }}
  twice: first
  twice: second
`,
  'templates/secret.yaml': `{{- $old := lookup "v1" "Secret" .Release.Namespace "generated" }}
apiVersion: v1
kind: Secret
metadata: { name: generated }
data:
  password: {{ if $old }}{{ $old.data.password }}{{ else }}{{ randAlphaNum 20 | b64enc }}{{ end }}
`,
  'templates/widget.yaml':
    'apiVersion: shop.example.com/v1\nkind: Widget\nmetadata: { name: first }\nspec: { size: 3 }\n',
  'templates/web.yaml': `apiVersion: apps/v1
kind: Deployment
metadata: { name: {{ .Release.Name }} }
spec:
  replicas: {{ .Values.replicas }}
  selector: { matchLabels: { app: shop } }
  template:
    metadata: { labels: { app: shop }, creationTimestamp: null }
    spec:
      nodeSelector:
      terminationGracePeriodSeconds: 0
      containers:
        - name: main
          image: {{ .Values.image }}
          command: ["node", "-e", ${JSON.stringify(serve)}]
          readinessProbe: { httpGet: { path: /, port: 8080 }, periodSeconds: 1 }
          env:
`,
  'templates/hooks.yaml': [
    hook(
      'ServiceAccount',
      'migrator',
      'post-install,pre-upgrade',
      '\n    helm.sh/hook-weight: "-5"\n    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded',
    ),
    job('migrate', 'post-install,pre-upgrade', '{{ .Values.migration }}', '', 'migrator'),
    job(
      'once',
      'post-install',
      "console.log('only once')",
      '\n    helm.sh/hook-weight: "5"\n    helm.sh/hook-delete-policy: hook-succeeded',
    ),
    job('farewell', 'pre-delete', 'process.exit(1)'),
    job('back', 'pre-rollback', 'process.exit(1)'),
    `${hook('Pod', 'check', 'test')}spec:\n  ${node('{{ .Values.check }}', 2)}\n`,
  ].join('---\n'),
};

/** Writes a chart that has one of everything: definitions, hooks of all occasions, lookups, what only Helm forgives. */
export function writeChart(folder: string, more: Readonly<Record<string, string>> = {}): void {
  for (const [name, text] of Object.entries({ ...FILES, ...more })) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}
