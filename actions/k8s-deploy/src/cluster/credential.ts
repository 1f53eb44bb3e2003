import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ActionError, mask } from '@fairway/action-kit';
import { list, string, type Tree, tree } from '@fairway/action-kit/tree';
import { runOrThrow } from '@fairway/exec-kit';
import { bytes } from './kubeconfig.js';

/** What proves who we are: a token, a client certificate, or a name with a password. */
export interface Credential {
  readonly token?: string;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly basic?: string;
}

interface Surroundings {
  readonly server: string;
  readonly ca: Buffer | undefined;
  readonly folder: string;
}

/** The credential of a kubeconfig user, as a function that can give a fresh one when the last has expired. */
export function credentialOf(user: Tree, around: Surroundings): (renew: boolean) => Promise<Credential> {
  let kept: Promise<Credential> | undefined;
  return (renew) => {
    if (kept === undefined || renew) kept = obtain(user, around);
    return kept;
  };
}

async function obtain(user: Tree, around: Surroundings): Promise<Credential> {
  if (user.exec !== undefined) return askPlugin(tree(user.exec), around);
  if (user['auth-provider'] !== undefined) {
    throw new ActionError(
      'bad-kubeconfig',
      "The kubeconfig's user has an auth-provider, which Kubernetes removed in 1.26.",
      {
        remedy:
          'Make the kubeconfig anew with the provider’s current tool; it writes an exec plugin instead.',
      },
    );
  }
  const [cert, key] = await Promise.all([
    bytes(user, 'client-certificate', around.folder),
    bytes(user, 'client-key', around.folder),
  ]);
  if (key !== undefined) mask(key.toString('utf8'));
  const path = string(user.tokenFile);
  const token =
    path !== '' ? (await readFile(resolve(around.folder, path), 'utf8')).trim() : string(user.token);
  mask(token);
  const password = string(user.password);
  mask(password);
  return {
    ...(token !== '' && { token }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(password !== '' && { basic: `${string(user.username)}:${password}` }),
  };
}

/**
 * Runs a credential plugin (aws eks get-token, gke-gcloud-auth-plugin, kubelogin).
 * Source: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins
 */
async function askPlugin(exec: Tree, around: Surroundings): Promise<Credential> {
  const command = string(exec.command);
  const cluster = {
    server: around.server,
    ...(around.ca && { 'certificate-authority-data': around.ca.toString('base64') }),
  };
  const info = { apiVersion: exec.apiVersion, kind: 'ExecCredential', spec: { cluster, interactive: false } };
  const own = list(exec.env).map((entry) => [string(tree(entry).name), string(tree(entry).value)] as const);
  const result = await runOrThrow(command, list(exec.args).map(String), {
    cwd: around.folder,
    env: { ...Object.fromEntries(own), KUBERNETES_EXEC_INFO: JSON.stringify(info) },
    show: 'never',
    timeoutMs: 60_000,
    title: `the credential plugin ${command}`,
    remedy:
      string(exec.installHint) || `Log in to the cloud before this step, so that ${command} can get a token.`,
  });
  const status = tree(tree(parseJson(result.stdout, command)).status);
  const token = string(status.token);
  const certificate = string(status.clientCertificateData);
  const key = string(status.clientKeyData);
  for (const secret of [token, key]) mask(secret);
  return {
    ...(token !== '' && { token }),
    ...(certificate !== '' && { cert: Buffer.from(certificate) }),
    ...(key !== '' && { key: Buffer.from(key) }),
  };
}

function parseJson(text: string, command: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ActionError('bad-credential', `The credential plugin ${command} did not answer with JSON.`, {
      remedy: `Run ${command} by hand with the arguments of the kubeconfig; it must print an ExecCredential.`,
      cause,
    });
  }
}
