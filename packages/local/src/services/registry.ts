import { existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '@fairway/exec-kit';
import { IMAGES } from './container.js';
import { preferredPort } from './ports.js';
import { httpProbe, until } from './readiness.js';
import type { Supervisor } from './supervisor.js';

export interface Registry {
  /** host:port; plain HTTP, on loopback only. */
  readonly address: string;
}

/** docker-registry 2.8's configuration: one folder, deletion allowed, nothing else open. Pure. */
export function registryConfig(port: number, storage: string): string {
  const config = {
    version: '0.1',
    log: { level: 'info', accesslog: { disabled: true } },
    storage: { filesystem: { rootdirectory: storage }, delete: { enabled: true } },
    http: { addr: `127.0.0.1:${port}`, secret: 'one process, so nothing is shared' },
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Bytes of blobs from which on a run starts with an empty registry: base images are remade in fifteen seconds. */
const STORAGE_LIMIT = 2 * 1024 ** 3;

/** Empties a folder that holds more than `limit` bytes; one that is not there holds none. */
export function emptyWhenLarger(folder: string, limit: number): void {
  if (!existsSync(folder)) return;
  let size = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) size += statSync(join(entry.parentPath, entry.name)).size;
  if (size > limit) rmSync(folder, { recursive: true, force: true });
}

/** Starts the image registry. Its blobs stay in the cache, so base images are made once. */
export async function startRegistry(supervisor: Supervisor, program: string): Promise<Registry> {
  // The same port each time where possible: image references, and with them caches, stay the same.
  const port = await preferredPort(5010);
  const { run, data } = supervisor.folders;
  const config = join(run, 'registry.json');
  mkdirSync(run, { recursive: true });
  emptyWhenLarger(join(data, 'registry'), STORAGE_LIMIT);
  writeFileSync(config, registryConfig(port, join(data, 'registry')));
  const address = `127.0.0.1:${port}`;
  await supervisor.start({
    name: 'registry',
    program,
    args: ['serve', config],
    ready: httpProbe(`http://${address}/v2/`),
  });
  return { address };
}

export const REGISTRY_CONTAINER = 'fairway-registry';

/** The argv of the registry as a container, published on loopback only. Pure. */
export function registryContainerArgs(port: number): string[] {
  return [
    ...['run', '--detach', '--name', REGISTRY_CONTAINER, '--publish', `127.0.0.1:${port}:5000`],
    ...['--env', 'REGISTRY_STORAGE_DELETE_ENABLED=true', IMAGES.registry],
  ];
}

/** Starts the registry in the machine's Docker engine, where kind's node can find it by name. */
export async function startRegistryContainer(supervisor: Supervisor): Promise<Registry> {
  const port = await preferredPort(5010);
  supervisor.note({ containers: [...supervisor.state.containers, REGISTRY_CONTAINER] });
  await runOrThrow('docker', registryContainerArgs(port), { show: 'never', timeoutMs: 300_000 });
  const address = `127.0.0.1:${port}`;
  await until(httpProbe(`http://${address}/v2/`), { timeoutMs: 30_000 });
  return { address };
}
