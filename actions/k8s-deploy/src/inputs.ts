import {
  ActionError,
  context,
  duration,
  flag,
  integer,
  lines,
  oneOf,
  secret,
  text,
  workspacePath,
} from '@fairway/action-kit';
import { type DrillPlan, readDrill } from './drill/drill-inputs.js';
import { type ImageTrust, NO_TRUST, readImageTrust } from './image/trust-inputs.js';
import { type PreviewPlan, readPreview } from './previews/preview-inputs.js';
import { parseSmokeTest, type SmokeTest } from './smoke-target.js';
import { type Chart, readChart } from './source/helm-inputs.js';
import { type ImageChoice, parseImage } from './source/image-choice.js';
import { readStrategy, type Strategy } from './strategy/strategy-inputs.js';

export const MODES = ['deploy', 'diff', 'rollback', 'promote', 'reject', 'drill', 'preview'] as const;
/** Modes that need no manifests: what they act on is recorded in the cluster. */
const FROM_RECORD: readonly string[] = ['rollback', 'promote', 'reject', 'drill'];

export const EVIDENCE = ['full', 'none'] as const;

export const SCALE_CHECKS = ['warn', 'fail', 'off'] as const;

/** Every input, read, validated and masked once. Durations in milliseconds. */
export interface Inputs {
  readonly mode: (typeof MODES)[number];
  readonly sources: Sources;
  readonly images: readonly ImageChoice[];
  readonly imageTrust: ImageTrust;
  readonly namespace: string;
  readonly createNamespace: boolean;
  readonly release: string;
  readonly revision: number | undefined;
  readonly kubeconfig: string;
  readonly kubeconfigPath: string;
  readonly context: string;
  readonly timeoutMs: number;
  readonly crashLoopThreshold: number;
  readonly rollback: boolean;
  readonly strategy: Strategy;
  readonly forceConflicts: boolean;
  readonly prune: boolean;
  readonly smokeTests: readonly SmokeTest[];
  readonly smokeTimeoutMs: number;
  /** What becomes of a doubt about scaling and surviving. */
  readonly scaleChecks: (typeof SCALE_CHECKS)[number];
  /** With `mode: drill`. */
  readonly drill: DrillPlan | undefined;
  /** Whether logs and events of the cluster are shown. */
  readonly evidence: (typeof EVIDENCE)[number];
  /** With `mode: preview`. */
  readonly preview: PreviewPlan | undefined;
  readonly environment: string;
  readonly environmentUrl: string;
  readonly comment: boolean;
  readonly token: string;
}

export interface Sources {
  readonly manifests: readonly string[];
  /** Absolute path, or empty. */
  readonly kustomize: string;
  readonly helm: Chart | undefined;
}

/** @throws ActionError 'bad-input' naming the input, what was given and what is allowed */
export function readInputs(): Inputs {
  const mode = oneOf('mode', MODES, { default: 'deploy' });
  const release = name('release', text('release', { default: context().repo.toLowerCase() || 'app' }));
  const preview = mode === 'preview' ? readPreview(release) : undefined;
  // What acts on a record, or removes a preview, needs no checkout and no image: nothing of either is looked for. An
  // overlay that was renamed since must not keep anyone from rolling back.
  const isRemoval = preview !== undefined && preview.occasion.kind !== 'deploy';
  const isWithout = FROM_RECORD.includes(mode) || isRemoval;
  const sources = isWithout ? NO_SOURCES : readSources(release, mode === 'diff');
  if (!isWithout && isEmpty(sources)) {
    throw new ActionError(
      'bad-input',
      'Nothing says what to deploy: manifests, kustomize and helm-chart are empty.',
      {
        remedy:
          "Add 'manifests: deploy/', 'kustomize: deploy/overlays/staging' or 'helm-chart: chart/' under 'with:'.",
      },
    );
  }
  const namespace = text('namespace');
  const smokeTests = lines('smoke-test').map(parseSmokeTest);
  const images = isWithout ? [] : lines('images').map(parseImage);
  return {
    mode,
    sources,
    images,
    imageTrust: isWithout ? NO_TRUST : readImageTrust(images),
    namespace: namespace === '' ? '' : name('namespace', namespace),
    createNamespace: flag('create-namespace'),
    release,
    revision: text('revision') === '' ? undefined : integer('revision', { min: 1 }),
    kubeconfig: secret('kubeconfig'),
    kubeconfigPath: text('kubeconfig-path'),
    context: text('context'),
    timeoutMs: duration('timeout', { default: '10m' }),
    crashLoopThreshold: integer('crash-loop-threshold', { min: 1, max: 100, default: 2 }),
    rollback: flag('rollback', true),
    strategy: readStrategy({ withFiles: !isWithout }),
    forceConflicts: flag('force-conflicts'),
    prune: flag('prune'),
    smokeTests,
    smokeTimeoutMs: duration('smoke-timeout', { default: '30s' }),
    scaleChecks: oneOf('scale-checks', SCALE_CHECKS, { default: 'warn' }),
    drill: mode === 'drill' ? readDrill(smokeTests) : undefined,
    evidence: oneOf('evidence', EVIDENCE, { default: 'full' }),
    preview,
    environment: text('environment'),
    environmentUrl: text('environment-url'),
    comment: flag('comment', true),
    token: secret('token'),
  };
}

const NO_SOURCES: Sources = { manifests: [], kustomize: '', helm: undefined };

function readSources(release: string, isDiff: boolean): Sources {
  return {
    manifests: lines('manifests'),
    kustomize: workspacePath('kustomize', { mustExist: true }),
    helm: readChart(release, isDiff),
  };
}

function isEmpty(sources: Sources): boolean {
  return sources.manifests.length === 0 && sources.kustomize === '' && sources.helm === undefined;
}

/** A DNS label, because names of Secrets, Leases and label values are made of it. */
function name(input: string, value: string): string {
  if (/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(value)) return value;
  if (input === 'release' && text('release') === '')
    return value
      .replace(/[^a-z0-9-]+/g, '-')
      .slice(0, 40)
      .replace(/^-+|-+$/g, '');
  throw new ActionError(
    'bad-input',
    `The input '${input}' is '${value}'; it must be at most 63 lower-case letters, digits and '-', beginning and ending with a letter or digit.`,
    {
      remedy: `Write it under 'with:', for example  ${input}: photo-app`,
    },
  );
}
