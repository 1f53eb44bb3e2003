import { mask, messageOf, warning } from '@fairway/action-kit';
import { query } from '@fairway/exec-kit';
import { RegistryClient } from './client.js';
import type { ImageName } from './image-name.js';
import type { OciLayout } from './oci-layout.js';
import { pushLayout } from './push-layout.js';
import { Repository } from './repository.js';
import { dockerConfigFolder, type Login, readConfig, storedLogin } from './stored-login.js';

export { addReferrer, type Referrer, referrersOf } from './referrers.js';
export type { Repository } from './repository.js';

/** A repository in a registry, open for questions and pushes. */
export interface Registry {
  readonly repository: Repository;
  /** @throws ActionError 'registry-denied'; a registry that cannot be reached from here is left to the builder */
  checkPush(): Promise<void>;
  push(layout: OciLayout, digest: string, tags: readonly string[]): Promise<void>;
  close(): void;
}

/** With the login given, or else the one that the Docker client keeps for this registry. */
export async function openRegistry(
  image: ImageName,
  given: Login | undefined,
  insecure: boolean,
  attempts: number,
): Promise<Registry> {
  const login = given?.registry === image.registry ? given : await keptLogin(image.registry);
  if (login) mask(login.password); // the one that was kept, nobody masked in this job
  const client = new RegistryClient(image, { ...(login && { login }), insecure, attempts });
  const repository = new Repository(client);
  return {
    repository,
    checkPush: () =>
      repository.checkPush().catch((error: unknown) => {
        if ((error as { code?: unknown }).code === 'registry-denied') throw error;
        // A builder elsewhere may reach a registry that this machine does not.
        warning(`The login could not be tried before the build: ${messageOf(error)}`);
      }),
    push: (layout, digest, tags) => pushLayout(layout, digest, tags, { client, repository }),
    close: () => client.close(),
  };
}

/** Source: docker/docker-credential-helpers, README, "Development": `get` with the server's address on standard input. */
async function keptLogin(registry: string): Promise<Login | undefined> {
  const kept = storedLogin(readConfig(dockerConfigFolder()), registry);
  if (kept === undefined || 'login' in kept) return kept?.login;
  try {
    const answer = await query(`docker-credential-${kept.helper}`, ['get'], { input: kept.key });
    const { Username, Secret } = JSON.parse(answer) as { Username?: unknown; Secret?: unknown };
    if (typeof Username !== 'string' || typeof Secret !== 'string') return undefined;
    return { registry, username: Username, password: Secret };
  } catch {
    return undefined; // it keeps none for this registry
  }
}
