// Releases that cannot become ready, one of each kind, and the moment from which the API shows it.
const crash = "console.error('no database'); process.exit(3)";
const serve = "require('http').createServer((q, s) => s.end('ok')).listen(8080)";

function deployment(image, script, container = {}, pod = {}) {
  const labels = { app: 'web' };
  const containers = [
    {
      name: 'web',
      image,
      command: ['node', '-e', script],
      readinessProbe: { httpGet: { path: '/', port: 8080 }, periodSeconds: 1 },
      resources: { requests: { cpu: '1m', memory: '16Mi' }, limits: { memory: '128Mi' } },
      ...container,
    },
  ];
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web' },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { terminationGracePeriodSeconds: 0, automountServiceAccountToken: false, containers, ...pod },
      },
    },
  };
}

const statuses = (object, field = 'containerStatuses') =>
  object.kind === 'Pod' ? (object.status?.[field] ?? []) : [];
const waits = (object, ...reasons) =>
  statuses(object).some(({ state }) => reasons.includes(state?.waiting?.reason));
/** It has died a second time: the first may have been an accident. */
const diedTwice = (object, field) =>
  statuses(object, field).some(
    ({ state, restartCount }) => restartCount >= 1 && (state?.terminated || state?.waiting),
  );
const condition = (object, kind, type) =>
  object.kind === kind &&
  object.status?.conditions?.some((one) => one.type === type && one.status === 'True');

/** @returns by name: the objects, what the namespace needs before, and whether an object that the API shows is fatal */
export function brokenReleases(image, refusing) {
  const [repository] = image.split('@');
  const missing = { name: 'data', persistentVolumeClaim: { claimName: 'data' } };
  return {
    'image not there': {
      objects: [deployment(`${repository}@sha256:${'0'.repeat(64)}`, serve)],
      isFatal: (object) => waits(object, 'ErrImagePull', 'ImagePullBackOff'),
    },
    'image not allowed': {
      objects: [deployment(`${refusing}/private/app:1`, serve)],
      isFatal: (object) => waits(object, 'ErrImagePull', 'ImagePullBackOff'),
    },
    'crash loop': { objects: [deployment(image, crash)], isFatal: (object) => diedTwice(object) },
    'ConfigMap missing': {
      objects: [deployment(image, serve, { envFrom: [{ configMapRef: { name: 'nope' } }] })],
      isFatal: (object) => waits(object, 'CreateContainerConfigError'),
    },
    'program missing': {
      objects: [deployment(image, serve, { command: ['/nope'] })],
      isFatal: (object) =>
        statuses(object).some(
          ({ state, lastState }) =>
            state?.waiting?.reason === 'RunContainerError' ||
            [state, lastState].some((one) => one?.terminated?.reason === 'StartError'),
        ),
    },
    'no room': {
      objects: [deployment(image, serve, { resources: { requests: { cpu: '4000' } } })],
      isFatal: (object) =>
        object.kind === 'Pod' && object.status?.conditions?.some(({ reason }) => reason === 'Unschedulable'),
    },
    quota: {
      before: [
        {
          apiVersion: 'v1',
          kind: 'ResourceQuota',
          metadata: { name: 'none' },
          spec: { hard: { pods: '0' } },
        },
      ],
      objects: [deployment(image, serve)],
      isFatal: (object) => condition(object, 'ReplicaSet', 'ReplicaFailure'),
    },
    'refused by policy': {
      labels: { 'pod-security.kubernetes.io/enforce': 'restricted' },
      objects: [deployment(image, serve)],
      isFatal: (object) => condition(object, 'ReplicaSet', 'ReplicaFailure'),
    },
    'init container fails': {
      objects: [
        deployment(
          image,
          serve,
          {},
          { initContainers: [{ name: 'init', image, command: ['node', '-e', crash] }] },
        ),
      ],
      isFatal: (object) => diedTwice(object, 'initContainerStatuses'),
    },
    'out of memory': {
      objects: [
        deployment(image, 'const all = []; for (;;) all.push(Buffer.alloc(1 << 22, 1))', {
          resources: { limits: { memory: '64Mi' } },
        }),
      ],
      isFatal: (object) => diedTwice(object),
    },
    'claim that cannot bind': {
      objects: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data' },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
        },
        deployment(image, serve, {}, { volumes: [missing] }),
      ],
      isFatal: (object) => object.kind === 'Event' && object.reason === 'FailedBinding',
    },
    'failed Job': {
      objects: [
        {
          apiVersion: 'batch/v1',
          kind: 'Job',
          metadata: { name: 'web' },
          spec: {
            backoffLimit: 0,
            template: {
              spec: {
                restartPolicy: 'Never',
                containers: [{ name: 'web', image, command: ['node', '-e', crash] }],
              },
            },
          },
        },
      ],
      isFatal: (object) => condition(object, 'Job', 'Failed'),
    },
  };
}

/** Collections in which the fatal state shows. */
export const WATCHED = ['/api/v1/pods', '/api/v1/events', '/apis/apps/v1/replicasets', '/apis/batch/v1/jobs'];
