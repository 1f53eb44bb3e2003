import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { tree } from '@fairway/action-kit/tree';

export interface Login {
  readonly registry: string;
  readonly username: string;
  readonly password: string;
}

/** The folder of the Docker client's settings, as docker itself finds it. */
export function dockerConfigFolder(env: Readonly<NodeJS.ProcessEnv> = process.env): string {
  return env.DOCKER_CONFIG || join(env.HOME || homedir(), '.docker');
}

/** Under which name docker keeps the credentials of a registry. Source: docker/cli, registry/config.go `IndexServer`. */
export function credentialKey(registry: string): string {
  return ['docker.io', 'index.docker.io', 'registry-1.docker.io'].includes(registry)
    ? 'https://index.docker.io/v1/'
    : registry;
}

export function readConfig(folder: string): unknown {
  try {
    return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  } catch {
    return {};
  }
}

/** What a settings file says of a registry: a login in it, a program to ask, or nothing. */
export function storedLogin(
  config: unknown,
  registry: string,
): { readonly login: Login } | { readonly helper: string; readonly key: string } | undefined {
  const key = credentialKey(registry);
  const { auths, credHelpers, credsStore } = tree(config);
  const helper = tree(credHelpers)[key] ?? credsStore;
  if (typeof helper === 'string' && /^[\w.-]+$/.test(helper)) return { helper, key };
  const auth = tree(tree(auths)[key]).auth;
  if (typeof auth !== 'string' || auth === '') return undefined;
  const [username = '', ...rest] = Buffer.from(auth, 'base64').toString('utf8').split(':');
  return { login: { registry, username, password: rest.join(':') } };
}
