import type { Counterpart, Recipe } from './recipe.js';

const GATEWAY_API = [
  ...['backendtlspolicies', 'gatewayclasses', 'gateways', 'grpcroutes', 'httproutes', 'listenersets'],
  ...['referencegrants', 'tcproutes', 'tlsroutes', 'udproutes'],
].map((plural) => `gateway.networking.k8s.io_${plural}.yaml`);

const POD_STAGES = ['pod-ready.yaml', 'pod-complete.yaml', 'pod-delete.yaml'];

/**
 * What the actions meet in other people's systems, for the integration tests and benchmarks that try them with it.
 * Neither the demo nor the end-to-end tests wait for these.
 */
export const COUNTERPARTS: Readonly<Record<Counterpart, Recipe>> = {
  cosign: {
    name: 'cosign',
    version: '3.1.3',
    why: 'the other reader and writer of the signatures that docker-build makes; only its tests want it',
    seconds: 140,
    programs: ['cosign'],
    source: {
      how: 'go-install',
      module: 'github.com/sigstore/cosign/v3@v3.1.3',
      packages: ['cmd/cosign'],
    },
  },
  sigstore: {
    name: 'sigstore',
    version: '1',
    why: 'a Sigstore of one’s own: docker-build signs without a key at its servers, and cosign checks',
    seconds: 110,
    programs: [
      ...['fulcio', 'ct_server', 'rekor-server', 'rekor-server-posix', 'timestamp-server'],
      'trillian_memory',
    ],
    source: {
      how: 'go-module',
      folder: 'sigstore',
      packages: [
        'github.com/sigstore/fulcio',
        'github.com/google/certificate-transparency-go/trillian/ctfe/ct_server',
        'github.com/sigstore/rekor/cmd/rekor-server',
        './rekor-server-posix',
        'github.com/sigstore/timestamp-authority/v2/cmd/timestamp-server',
        './trillian_memory',
      ],
    },
  },
  helm: {
    name: 'helm',
    version: '4.3.1',
    why: 'k8s-deploy renders charts with it',
    seconds: 80,
    programs: ['helm'],
    source: {
      how: 'go-module',
      folder: 'helm',
      packages: ['helm.sh/helm/v4/cmd/helm'],
      variables: { 'helm.sh/helm/v4/internal/version.version': 'v4.3.1' },
    },
  },
  'helm-3': {
    name: 'helm-3',
    version: '3.22.0',
    why: 'k8s-deploy renders charts with the one before, too',
    seconds: 10,
    programs: ['helm'],
    source: {
      how: 'go-module',
      folder: 'helm',
      packages: ['helm.sh/helm/v3/cmd/helm'],
      variables: { 'helm.sh/helm/v3/internal/version.version': 'v3.22.0' },
    },
  },
  'traffic-definitions': {
    name: 'traffic-definitions',
    version: '1.6.1',
    why: 'the kinds of the Gateway API and of Traefik, for the cluster',
    seconds: 3,
    programs: [...GATEWAY_API, 'kubernetes-crd-definition-v1.yml'],
    source: {
      how: 'go-files',
      modules: [
        {
          module: 'sigs.k8s.io/gateway-api@v1.6.1',
          folder: 'config/crd/standard',
          files: GATEWAY_API,
        },
        {
          module: 'github.com/traefik/traefik/v3@v3.7.13',
          folder: 'docs/content/reference/dynamic-configuration',
          files: ['kubernetes-crd-definition-v1.yml'],
        },
      ],
    },
  },
  kwok: {
    name: 'kwok',
    version: '0.8.0',
    why: 'plays a hundred nodes for the benchmark of k8s-deploy',
    seconds: 60,
    programs: ['kwok'],
    source: { how: 'go-install', module: 'sigs.k8s.io/kwok@v0.8.0', packages: ['cmd/kwok'] },
  },
  'kwok-stages': {
    name: 'kwok-stages',
    version: '0.8.0',
    why: 'how kwok’s pods come and go',
    seconds: 2,
    programs: POD_STAGES,
    source: {
      how: 'go-files',
      modules: [{ module: 'sigs.k8s.io/kwok@v0.8.0', folder: 'kustomize/stage/pod/fast', files: POD_STAGES }],
    },
  },
  'osv-scanner': {
    name: 'osv-scanner',
    version: '2.6.0',
    why: 'finds the vulnerabilities of what an SBOM lists; only scan-kit’s tests want it',
    seconds: 80,
    programs: ['osv-scanner'],
    source: {
      how: 'go-install',
      module: 'github.com/google/osv-scanner/v2@v2.6.0',
      packages: ['cmd/osv-scanner'],
    },
  },
};
