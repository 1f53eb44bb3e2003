import { existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { tree } from '@fairway/action-kit/tree';
import { credentialKey, type Login, readConfig } from '@fairway/image-registry';

/**
 * The Docker client's settings with one more login. What was logged in before stays: where a credential store keeps
 * it, that store is named for each of its registries, since a store for all would hide the new login.
 */
export function withLogin(original: unknown, login: Login): Record<string, unknown> {
  const config = tree(original);
  const key = credentialKey(login.registry);
  const { credsStore, ...rest } = config;
  const stored = typeof credsStore === 'string' ? Object.keys(tree(config.auths)) : [];
  const helpers: Record<string, unknown> = {
    ...Object.fromEntries(stored.map((registry) => [registry, credsStore])),
    ...tree(config.credHelpers),
  };
  delete helpers[key];
  const auth = Buffer.from(`${login.username}:${login.password}`).toString('base64');
  return { ...rest, credHelpers: helpers, auths: { ...tree(config.auths), [key]: { auth } } };
}

/**
 * Writes settings of our own into `folder`, readable by this user only, and leaves those of the machine as they are.
 * Nothing is started for it: no argv, no standard input, no daemon sees the password.
 * @returns the folder for DOCKER_CONFIG
 */
export function writeDockerConfig(folder: string, originalFolder: string, logins: readonly Login[]): string {
  const own = join(folder, 'docker');
  mkdirSync(own, { recursive: true, mode: 0o700 });
  const config = logins.reduce<unknown>(withLogin, readConfig(originalFolder));
  writeFileSync(join(own, 'config.json'), JSON.stringify(config), { mode: 0o600 });
  // Contexts (which daemon) and builders are found below the same folder; they are still the machine's.
  for (const name of ['contexts', 'buildx', 'tls']) {
    const target = join(originalFolder, name);
    if (existsSync(target)) symlinkSync(target, join(own, name), 'junction');
  }
  return own;
}
