import { resolve } from 'node:path';
import { ActionError, duration, flag, integer, lines, oneOf, pairs, text } from '@fairway/action-kit';
import {
  type ImageName,
  isLoopback,
  isTag,
  type Login,
  parseImageName,
  readAuthorities,
} from '@fairway/image-registry';
import { type BakeInputs, readBake, targetImage } from './bake-inputs.js';
import { isInside } from './build-context.js';
import { type BuildInputs, readBuild, workspace } from './build-inputs.js';
import { parseByteSize } from './byte-size.js';
import {
  readArtifactName,
  readDigestArtifact,
  readDigests,
  readSignables,
  type Signable,
} from './digest-inputs.js';
import { type IdentityLogin, readLogins } from './login-inputs.js';
import { type MountInputs, readMounts } from './mount-inputs.js';
import { readScans, type ScanInputs } from './scan-inputs.js';
import { readStart, type StartInputs } from './start-inputs.js';
import { DEFAULT_RULES, parseTagRule, type TagRule } from './tag-rule.js';
import { readTrust, type TrustInputs } from './trust-inputs.js';

/**
 * `build` makes an image; `merge` joins images already pushed into one for all their platforms; `push` pushes what an
 * earlier step built and others have looked at; `verify` refuses what this pipeline did not sign.
 */
export type Phase = 'build' | 'merge' | 'push' | 'sign' | 'verify';

/** Every input, read and checked once. */
export interface Inputs {
  readonly phase: Phase;
  readonly digests: readonly string[];
  /** For phase sign. */
  readonly signables: readonly Signable[];
  /** Under which name the builds of a matrix hand their digests to the job that merges; empty where they do not. */
  readonly digestArtifact: string;
  /** Under which name SBOM and provenance are kept as an artifact; empty where they are not. */
  readonly evidenceArtifact: string;
  /** Where the image is written to, or (phase push) pushed from, in OCI layout. Absolute, or empty. */
  readonly layout: string;
  /** The image; where targets of bake files are built, that of the one in hand. */
  readonly image: ImageName;
  readonly bake: BakeInputs;
  readonly tagRules: readonly TagRule[];
  readonly labels: ReadonlyMap<string, string>;
  readonly annotations: readonly string[];
  readonly push: boolean;
  /** Where who logs in with a password. */
  readonly logins: readonly Login[];
  /** Where this job's identity takes a password's place; the run turns them into logins first of all. */
  readonly identities: readonly IdentityLogin[];
  readonly insecure: boolean;
  /** Certificates, in PEM form, of authorities that the registry's may come from. */
  readonly authorities: readonly string[];
  readonly retries: number;
  /** Milliseconds for all of the building. */
  readonly timeoutMs: number;
  readonly build: BuildInputs;
  readonly checks: CheckInputs;
  readonly scan: ScanInputs;
  readonly trust: TrustInputs;
  readonly mounts: MountInputs;
}

/** What is asked of the image before it is pushed. */
export interface CheckInputs {
  readonly scanCommand: string;
  readonly testCommand: string;
  /** Started and asked over HTTP; undefined where it is not. */
  readonly start?: StartInputs;
  /** Bytes; undefined is no limit. */
  readonly sizeBudget?: number;
  /** A tag whose image the size is compared with. */
  readonly compareWith: string;
  /** What is looked for in the Dockerfile beyond what BuildKit shows as it builds. */
  readonly lint: 'buildkit' | 'warn' | 'fail';
  /** Built twice, and the same both times. */
  readonly reproducible: boolean;
}

/** @throws ActionError for any input that cannot be followed */
export function readInputs(): Inputs {
  const phase = oneOf('phase', ['build', 'merge', 'push', 'sign', 'verify'], { default: 'build' });
  const bake = readBake(phase);
  const image = parseImageName(
    bake.files.length > 0 || phase === 'sign' ? targetImage(bake.imageName, 'target', 1) : bake.imageName,
  );
  const logins = readLogins(image.registry); // first of what may be wrong, so that passwords are masked before anything is said
  const registryCa = text('registry-ca');
  const build = readBuild(phase, bake.files.length > 0);
  const digestArtifact = readDigestArtifact(phase, build.platforms);
  const push = phase === 'build' ? flag('push', false) : phase !== 'verify';
  refuseProposalPushed(build, push);
  return {
    phase,
    digests: readDigests(phase, digestArtifact !== ''),
    signables: phase === 'sign' ? readSignables(image) : [],
    digestArtifact,
    evidenceArtifact: readArtifactName('evidence-artifact'),
    layout: readLayout(phase),
    image,
    bake,
    tagRules: (lines('tags').length > 0 ? lines('tags') : DEFAULT_RULES).map(parseTagRule),
    labels: pairs('labels'),
    annotations: lines('annotations'),
    push,
    ...logins,
    insecure: readInsecure(image),
    authorities: registryCa === '' ? [] : readAuthorities(registryCa),
    retries: integer('retries', { min: 0, max: 10, default: 2 }),
    timeoutMs: duration('timeout', { default: '30m' }),
    build,
    checks: readChecks(),
    scan: readScans(),
    trust: readTrust(phase),
    mounts: readMounts(workspace()),
  };
}

/** A step that is to push, and is followed by those that deploy, must not be green with nothing pushed. */
function refuseProposalPushed({ generate, context }: BuildInputs, push: boolean): void {
  if (generate !== 'propose' || !push || context.kind !== 'folder' || !context.missing) return;
  throw new ActionError(
    'bad-input',
    'With  generate: propose  nothing is built, so that nothing can be pushed.',
    {
      remedy: 'Leave  push  out and commit what is proposed; or take it unseen:  generate: build',
    },
  );
}

function readChecks(): CheckInputs {
  const budget = text('size-budget');
  const compareWith = text('compare-with');
  const start = readStart();
  if (compareWith !== '' && !isTag(compareWith)) {
    throw new ActionError(
      'bad-input',
      `The input 'compare-with' is '${compareWith.slice(0, 130)}', which is no tag.`,
      {
        remedy: 'Name a tag of the same image, for example  compare-with: main',
      },
    );
  }
  return {
    scanCommand: text('scan-command'),
    testCommand: text('test-command'),
    ...(start && { start }),
    ...(budget !== '' && { sizeBudget: parseByteSize('size-budget', budget) }),
    compareWith,
    lint: oneOf('lint', ['buildkit', 'warn', 'fail'], { default: 'buildkit' }),
    reproducible: flag('reproducible', false),
  };
}

/** In the workspace or the runner's own folder for the job. */
function readLayout(phase: Phase): string {
  const given = text('layout', { required: phase === 'push' });
  if (given === '') return '';
  const path = resolve(workspace(), given);
  const temp = process.env.RUNNER_TEMP;
  if (isInside(workspace(), path) || (temp !== undefined && isInside(temp, path))) return path;
  throw new ActionError(
    'bad-input',
    `The input 'layout' is '${given.slice(0, 120)}', outside of workspace and runner.temp.`,
    {
      remedy: 'Write it as  layout: ${{ runner.temp }}/image',
    },
  );
}

function readInsecure(image: ImageName): boolean {
  const insecure = flag('registry-insecure', false);
  if (!insecure || isLoopback(image.registry)) return insecure;
  throw new ActionError(
    'bad-input',
    `The input 'registry-insecure' is true for ${image.registry}, which is not this machine.`,
    {
      remedy:
        'Plain HTTP would hand the password and the image to anyone on the way. Give the registry a certificate.',
    },
  );
}
