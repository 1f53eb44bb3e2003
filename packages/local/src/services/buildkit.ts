import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { run, runOrThrow } from '@fairway/exec-kit';
import { CGROUP } from '../cluster/layout.js';
import { connectProbe, until } from './readiness.js';
import type { Supervisor } from './supervisor.js';

export interface BuildKit {
  /** What buildx' remote driver takes: `unix:///…` or `docker-container://…`. */
  readonly address: string;
}

/** Short, as a Unix socket's path has to be. */
export const BUILDKIT_SOCKET = '/run/fairway/buildkitd.sock';
const CONTAINER = 'fairway-buildkitd';
const IMAGE = 'moby/buildkit:v0.34.2';

/**
 * buildkitd's configuration. The loopback registry speaks plain HTTP; steps run in the host's network, because the
 * machine may reach package registries only the way the host does; old layers are dropped at 4 GB. Pure.
 */
export function buildkitConfig(registry: string, runc: string): string {
  const text = (value: string) => JSON.stringify(value);
  return `insecure-entitlements = ["network.host"]

[worker.oci]
  enabled = true
  binary = ${text(runc)}
  networkMode = "host"
  defaultCgroupParent = "${CGROUP}/buildkit"
  gc = true
  reservedSpace = "4GB"

[worker.containerd]
  enabled = false

[registry.${text(registry)}]
  http = true
`;
}

/** Starts buildkitd as a process of its own, with runc and without a Docker engine. Its layers stay in the cache. */
export async function startBuildkitd(
  supervisor: Supervisor,
  programs: { readonly buildkitd: string; readonly runc: string },
  registry: string,
): Promise<BuildKit> {
  const { run: runFolder, data } = supervisor.folders;
  const config = join(runFolder, 'buildkitd.toml');
  mkdirSync(dirname(BUILDKIT_SOCKET), { recursive: true });
  mkdirSync(runFolder, { recursive: true });
  writeFileSync(config, buildkitConfig(registry, programs.runc));
  await supervisor.start({
    name: 'buildkitd',
    program: programs.buildkitd,
    args: ['--config', config, '--root', join(data, 'buildkit'), '--addr', `unix://${BUILDKIT_SOCKET}`],
    ready: connectProbe({ path: BUILDKIT_SOCKET }),
  });
  return { address: `unix://${BUILDKIT_SOCKET}` };
}

/** The argv that starts BuildKit as a container; the host's network, so that the loopback registry is in reach. Pure. */
export function buildkitContainerArgs(configFile: string): string[] {
  return [
    ...['run', '--detach', '--privileged', '--network', 'host', '--name', CONTAINER],
    ...['--volume', `${configFile}:/etc/buildkit/buildkitd.toml:ro`, IMAGE],
  ];
}

/** Starts BuildKit in the machine's Docker engine. */
export async function startBuildkitContainer(supervisor: Supervisor, registry: string): Promise<BuildKit> {
  const config = join(supervisor.folders.run, 'buildkitd.toml');
  mkdirSync(supervisor.folders.run, { recursive: true });
  writeFileSync(config, buildkitConfig(registry, 'buildkit-runc'));
  supervisor.note({ containers: [...supervisor.state.containers, CONTAINER] });
  await runOrThrow('docker', buildkitContainerArgs(config), { show: 'never', timeoutMs: 300_000 });
  const answers = () =>
    run('docker', ['exec', CONTAINER, 'buildctl', 'debug', 'workers'], { show: 'never', timeoutMs: 10_000 });
  await until(async () => (await answers()).exitCode === 0, { timeoutMs: 60_000, everyMs: 500 });
  return { address: `docker-container://${CONTAINER}` };
}
