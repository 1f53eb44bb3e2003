import { readFile } from 'node:fs/promises';
import { delimiter, dirname, resolve } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { list, string, type Tree, tree } from '@fairway/action-kit/tree';
import { type Credential, credentialOf } from './credential.js';
import { inClusterAccess } from './in-cluster.js';

/** How to reach an API server, and as whom. */
export interface Access {
  readonly server: URL;
  /** The context's namespace, or `default`. */
  readonly namespace: string;
  /** PEM; undefined trusts the system's authorities. */
  readonly ca: Buffer | undefined;
  readonly serverName: string | undefined;
  readonly skipVerify: boolean;
  readonly proxy: string | undefined;
  /** Asks for the credential; `true` asks for a new one after the server refused the last. */
  readonly credential: (renew: boolean) => Promise<Credential>;
}

export interface KubeconfigChoice {
  readonly text: string;
  readonly path: string;
  readonly context: string;
}

/**
 * Finds the way to the cluster: the given text, the given path, KUBECONFIG (the first file of the list that there is),
 * then the service account of a runner inside a cluster.
 * @throws ActionError 'no-kubeconfig' or 'bad-kubeconfig'
 */
export async function findAccess(
  choice: KubeconfigChoice,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Access> {
  if (choice.text !== '') return readKubeconfig(choice.text, choice.context, process.cwd());
  const paths =
    choice.path !== '' ? [choice.path] : (env.KUBECONFIG ?? '').split(delimiter).filter((p) => p !== '');
  for (const path of paths) {
    const found = await readFile(resolve(path), 'utf8').catch(() => undefined);
    if (found !== undefined) return readKubeconfig(found, choice.context, dirname(resolve(path)));
  }
  const inside = paths.length === 0 ? await inClusterAccess(env) : undefined;
  if (inside) return inside;
  throw new ActionError(
    'no-kubeconfig',
    paths.length > 0
      ? `There is no kubeconfig at ${paths.join(', ')}.`
      : 'No cluster is given: kubeconfig and kubeconfig-path are empty, and so is the KUBECONFIG variable.',
    {
      remedy:
        "Add 'kubeconfig: ${{ secrets.KUBECONFIG }}' under 'with:'. In a called workflow the caller also has to pass it on, under 'secrets:', and one of an environment is empty in jobs that do not name the environment.",
    },
  );
}

/**
 * Reads one context of a kubeconfig. Relative file names in it count from `folder`.
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export async function readKubeconfig(text: string, contextName: string, folder: string): Promise<Access> {
  const config = tree(await parseYaml(text));
  const wanted = contextName || string(config['current-context']);
  const context = named(config, 'contexts', wanted, 'context');
  if (context === undefined) throw noContext(config, wanted);
  const cluster = named(config, 'clusters', string(context.cluster), 'cluster');
  const user = named(config, 'users', string(context.user), 'user') ?? {};
  const server = string(cluster?.server);
  if (cluster === undefined || !URL.canParse(server)) {
    throw malformed(
      `the context '${wanted}' names the cluster '${string(context.cluster)}', which has no server address`,
    );
  }
  const ca = await bytes(cluster, 'certificate-authority', folder);
  return {
    server: new URL(server),
    namespace: string(context.namespace) || 'default',
    ca,
    serverName: string(cluster['tls-server-name']) || undefined,
    skipVerify: cluster['insecure-skip-tls-verify'] === true,
    proxy: string(cluster['proxy-url']) || undefined,
    credential: credentialOf(user, { server, ca, folder }),
  };
}

async function parseYaml(text: string): Promise<unknown> {
  const { parse } = await import('yaml');
  try {
    return parse(text, { maxAliasCount: 20 });
  } catch (cause) {
    // The parser's own message quotes the text, and this text is a secret.
    throw malformed('it is not YAML', cause);
  }
}

function named(config: Tree, collection: string, name: string, field: string): Tree | undefined {
  const entry = list(config[collection])
    .map(tree)
    .find((candidate) => candidate.name === name);
  return entry && tree(entry[field]);
}

function noContext(config: Tree, wanted: string): ActionError {
  const names = list(config.contexts).map((entry) => string(tree(entry).name));
  if (names.length === 0) return malformed('it has no contexts');
  return new ActionError(
    'bad-kubeconfig',
    `The kubeconfig has no context '${wanted}'. It has: ${names.join(', ')}.`,
    {
      remedy: `Name one of them, for example  context: ${names[0]}`,
    },
  );
}

function malformed(what: string, cause?: unknown): ActionError {
  return new ActionError('bad-kubeconfig', `The kubeconfig cannot be used: ${what}.`, {
    remedy:
      "Store the whole output of 'kubectl config view --raw --minify --flatten' as the secret, not base64 of it and not a path.",
    cause,
  });
}

/** The bytes of a field that is given inline (`NAME-data`, base64) or as a file (`NAME`). */
export async function bytes(entry: Tree, name: string, folder: string): Promise<Buffer | undefined> {
  const inline = string(entry[`${name}-data`]);
  if (inline !== '') return Buffer.from(inline, 'base64');
  const path = string(entry[name]);
  if (path === '') return undefined;
  return readFile(resolve(folder, path)).catch((cause) => {
    throw malformed(`${name} names a file that cannot be read (${path})`, cause);
  });
}

/**
 * A kubeconfig of one context for this way to the cluster, as JSON, which is YAML too. A secret: the credential is in it.
 * Source: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/
 */
export function writeKubeconfig(
  access: Access,
  { token, cert, key, basic }: Credential,
  namespace: string,
): string {
  const { server, ca, serverName, skipVerify, proxy } = access;
  const [username, ...password] = basic?.split(':') ?? [];
  const cluster = {
    server: server.href,
    ...(ca && { 'certificate-authority-data': ca.toString('base64') }),
    ...(serverName !== undefined && { 'tls-server-name': serverName }),
    ...(skipVerify && { 'insecure-skip-tls-verify': true }),
    ...(proxy !== undefined && { 'proxy-url': proxy }),
  };
  const user = {
    ...(token !== undefined && { token }),
    ...(cert && { 'client-certificate-data': cert.toString('base64') }),
    ...(key && { 'client-key-data': key.toString('base64') }),
    ...(basic !== undefined && { username, password: password.join(':') }),
  };
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'it',
    contexts: [{ name: 'it', context: { cluster: 'it', user: 'it', namespace } }],
    clusters: [{ name: 'it', cluster }],
    users: [{ name: 'it', user }],
  });
}
