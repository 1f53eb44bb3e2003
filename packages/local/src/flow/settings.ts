import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { imageName, previewImage } from './observation.js';
import type { Parts } from './parts.js';
import { teamVariables } from './team-setup.js';

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

/**
 * The repository's variables: what a team sets once (workflows/cicd/README.md).
 * @param different variables that differ; `key:foreign` stands for a public key that signed nothing
 * @param state the folder of Terraform's states
 */
export function variablesFor(
  parts: Parts,
  keys: RunKeys,
  different: Readonly<Record<string, string>>,
  state: string,
): Record<string, string> {
  const variables: Record<string, string> = {
    FAIRWAY_IMAGE: `${parts.registry}/${imageName}`,
    FAIRWAY_PREVIEW_IMAGE: `${parts.registry}/${previewImage}`,
    FAIRWAY_INSECURE_REGISTRY: 'true',
    ...machineVariables(parts),
    // That its native parts find their libraries shows only where it runs: the image has no shell to try it with.
    FAIRWAY_IMAGE_TEST_COMMAND: `["node", "-e", "require('sharp'); require('node:sqlite')"]`,
    FAIRWAY_IMAGE_TEST_PORT: '8080',
    FAIRWAY_IMAGE_TEST_PATH: '/healthz',
    FAIRWAY_SIZE_BUDGET: '150MiB',
    FAIRWAY_VERIFY_KEY: keys.verifyKey,
    FAIRWAY_BACKEND_CONFIG: `path=${state}/{0}.tfstate`,
    FAIRWAY_NAMESPACE: 'photo-app-{0}',
    FAIRWAY_SMOKE_TEST: 'service/photo-app:80/healthz',
    FAIRWAY_SHARDS: '3',
    FAIRWAY_MINIMUM_COVERAGE: '80',
    ...teamVariables,
    FAIRWAY_PROMETHEUS_URL: parts.prometheus,
    ...different,
  };
  for (const [name, value] of Object.entries(variables)) {
    if (value === 'key:foreign') variables[name] = keys.foreignKey;
  }
  return variables;
}

/**
 * What this machine is instead of GitHub's own runner: where its BuildKit is and which base images it has. GitHub passes
 * no variable to the run of a fork's pull request (docs: "Using variables"); there the image is built with the runner's
 * own Docker.
 */
export function machineVariables(parts: Parts): Record<string, string> {
  return {
    FAIRWAY_BUILDER: parts.builder,
    FAIRWAY_BUILD_ARGS: parts.buildArgs.join('\n'),
    FAIRWAY_SBOM_GENERATOR: parts.sbomGenerator,
    FAIRWAY_PROBE_IMAGE: parts.probeImage,
  };
}

/** The repository's secrets. @param different those that differ; `inbox:/path` stands for the inbox */
export async function secretsFor(
  parts: Parts,
  keys: RunKeys,
  different: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const kubeconfig = await readFile(parts.kubeconfig, 'utf8');
  const secrets: Record<string, string> = {
    SLACK_WEBHOOK: 'inbox:/slack',
    WEBHOOK_URL: 'inbox:/webhook',
    ...different,
    GITHUB_TOKEN: keys.token,
    KUBECONFIG: kubeconfig,
    PREVIEW_KUBECONFIG: kubeconfig, // there is one cluster here
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
