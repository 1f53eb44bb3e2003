import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ActOptions, runWorkflow, type WorkflowResult } from '../engine/act.js';
import type { ActEvent } from '../engine/act-log.js';
import { type Edit, type Push, push, pushPayload } from '../engine/consumer.js';
import type { GitHubSide } from './github-side.js';
import { imageName } from './observation.js';
import type { Parts } from './parts.js';
import type { Stage } from './stage.js';

/** A push and what the workflow made of it. */
export interface CarriedPush {
  readonly push: Push;
  readonly result: WorkflowResult;
  /** Requests that GitHub would have refused. */
  readonly violations: readonly string[];
}

export interface CarryOptions {
  readonly message: string;
  readonly edits: readonly Edit[];
  /** Secrets that differ from the usual; `inbox:/path` stands for the inbox. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Variables that differ; `key:foreign` stands for a public key that signed nothing. */
  readonly variables: Readonly<Record<string, string>>;
  /** Gets the run's files and its log. */
  readonly folder: string;
  readonly onEvent?: (event: ActEvent) => void;
  readonly signal?: AbortSignal;
}

/** Secrets that stay the same over pushes, made anew for each set of services. */
export interface RunKeys {
  readonly token: string;
  readonly planKey: string;
  readonly webhookKey: string;
  /** The pair that images are signed and verified with, in PEM form, and the public half of another. */
  readonly signKey: string;
  readonly verifyKey: string;
  readonly foreignKey: string;
}

export function newKeys(): RunKeys {
  const random = () => randomBytes(24).toString('hex');
  const own = signingPair();
  return {
    token: random(),
    planKey: random(),
    webhookKey: random(),
    signKey: own.privateKey,
    verifyKey: own.publicKey,
    foreignKey: signingPair().publicKey,
  };
}

function signingPair(): { readonly privateKey: string; readonly publicKey: string } {
  return generateKeyPairSync('ec', {
    namedCurve: 'prime256v1',
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
}

/** Pushes to the team's repository and carries the push through its workflow, beside loopback services of GitHub's. */
export async function carryPush(
  parts: Parts,
  stage: Stage,
  gitHub: GitHubSide,
  keys: RunKeys,
  options: CarryOptions,
): Promise<CarriedPush> {
  await mkdir(options.folder, { recursive: true });
  const { consumer } = stage;
  const pushed = await push(consumer, options.message, options.edits);
  const eventFile = join(options.folder, 'event.json');
  await writeFile(eventFile, JSON.stringify(pushPayload(consumer, pushed, 'https://github.com')));
  const run = gitHub.beginRun(pushed);
  const result = await runWorkflow(
    {
      repository: consumer.slug,
      folder: consumer.folder,
      workflow: '.github/workflows/cicd.yml',
      branch: consumer.branch,
      actor: 'robin',
      event: 'push',
      eventFile,
      variables: variablesFor(parts, keys, options),
      secrets: await secretsFor(parts, keys, options.secrets),
      environment: { ...run, ...parts.environment },
      localRepositories: stage.localRepositories,
      labels: ['ubuntu-latest'],
    },
    actOptions(parts, options),
  );
  return { push: pushed, result, violations: gitHub.takeViolations() };
}

function actOptions(parts: Parts, options: CarryOptions): ActOptions {
  return {
    act: parts.act.path,
    programs: [join(process.execPath, '..'), ...parts.searchPath],
    folder: options.folder,
    ...(options.onEvent === undefined ? {} : { onEvent: options.onEvent }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
}

/** The repository's variables: what a team sets once (workflows/cicd/README.md). */
function variablesFor(parts: Parts, keys: RunKeys, options: CarryOptions): Record<string, string> {
  const variables: Record<string, string> = {
    FAIRWAY_IMAGE: `${parts.registry}/${imageName}`,
    FAIRWAY_INSECURE_REGISTRY: 'true',
    FAIRWAY_BUILDER: parts.builder,
    FAIRWAY_BUILD_ARGS: parts.buildArgs.join('\n'),
    // That its native parts find their libraries shows only where it runs: the image has no shell to try it with.
    FAIRWAY_IMAGE_TEST_COMMAND: `["node", "-e", "require('sharp'); require('node:sqlite')"]`,
    FAIRWAY_SIZE_BUDGET: '150MiB',
    FAIRWAY_VERIFY_KEY: keys.verifyKey,
    FAIRWAY_BACKEND_CONFIG: `path=${join(options.folder, '..', 'terraform')}/{0}.tfstate`,
    FAIRWAY_SMOKE_TEST: 'service/photo-app:80/healthz',
    ...options.variables,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value === 'key:foreign') variables[name] = keys.foreignKey;
  }
  return variables;
}

async function secretsFor(
  parts: Parts,
  keys: RunKeys,
  different: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const secrets: Record<string, string> = {
    SLACK_WEBHOOK: 'inbox:/slack',
    WEBHOOK_URL: 'inbox:/webhook',
    ...different,
    GITHUB_TOKEN: keys.token,
    KUBECONFIG: await readFile(parts.kubeconfig, 'utf8'),
    PLAN_KEY: keys.planKey,
    SIGN_KEY: keys.signKey,
    WEBHOOK_SECRET: keys.webhookKey,
    ALERTMANAGER_URL: parts.alertmanager,
  };
  for (const [name, value] of Object.entries(secrets)) {
    if (value.startsWith('inbox:')) secrets[name] = `${parts.inbox.url}${value.slice('inbox:'.length)}`;
  }
  return secrets;
}
