import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { ActionError } from '@fairway/action-kit';
import { run, which } from '@fairway/exec-kit';

/** What this machine offers, as seen by looking; every choice below is made from it alone. */
export interface HostFacts {
  readonly platform: NodeJS.Platform;
  readonly arch: string;
  readonly root: boolean;
  /** Debian or a child of it: `apt-get` and `dpkg-deb` are there. */
  readonly debian: boolean;
  /** A Docker engine answers. */
  readonly docker: boolean;
  readonly kind: boolean;
  /** The kubeconfig that was given to us (FAIRWAY_KUBECONFIG), never one found by chance. */
  readonly kubeconfig: string | undefined;
  /** host:port of a plain registry (FAIRWAY_REGISTRY) that both this machine and the given cluster reach. */
  readonly registry: string | undefined;
  readonly go: boolean;
  readonly pip: boolean;
  readonly cpus: number;
}

export type ClusterChoice =
  | { readonly provider: 'given'; readonly kubeconfig: string; readonly registry: string }
  | { readonly provider: 'kind' }
  | { readonly provider: 'one-node' };

export type BuilderChoice = { readonly provider: 'docker' } | { readonly provider: 'buildkitd' };

/** Where the services that are no cluster come from: Debian's packages unpacked, or containers. */
export type ServiceChoice = { readonly provider: 'debian' } | { readonly provider: 'docker' };

export interface HostChoices {
  readonly cluster: ClusterChoice;
  readonly builder: BuilderChoice;
  readonly services: ServiceChoice;
}

/**
 * Looks at the machine. A cluster of somebody's is used only when FAIRWAY_KUBECONFIG names it: the demo deploys,
 * breaks and deletes, so KUBECONFIG or ~/.kube/config is never taken without being asked to.
 */
export async function lookAtHost(environment: NodeJS.ProcessEnv = process.env): Promise<HostFacts> {
  const [docker, kind, go, pip] = await Promise.all([
    engineAnswers(),
    which('kind'),
    which('go'),
    which('pip3'),
  ]);
  return {
    platform: process.platform,
    arch: process.arch,
    root: process.getuid?.() === 0,
    debian: existsSync('/etc/debian_version') && (await which('dpkg-deb')) !== undefined,
    docker,
    kind: kind !== undefined,
    kubeconfig: environment.FAIRWAY_KUBECONFIG || undefined,
    registry: environment.FAIRWAY_REGISTRY || undefined,
    go: go !== undefined,
    pip: pip !== undefined,
    cpus: availableParallelism(),
  };
}

async function engineAnswers(): Promise<boolean> {
  if ((await which('docker')) === undefined) return false;
  const answer = await run('docker', ['version', '--format', '{{.Server.Version}}'], {
    show: 'never',
    timeoutMs: 10_000,
  });
  return answer.exitCode === 0;
}

/**
 * Decides where each part comes from. Pure.
 * @throws ActionError 'host-unsupported' saying exactly what to install
 */
export function choose(facts: HostFacts): HostChoices {
  return { cluster: chooseCluster(facts), builder: chooseBuilder(facts), services: chooseServices(facts) };
}

export function chooseCluster(facts: HostFacts): ClusterChoice {
  if (facts.kubeconfig !== undefined) {
    if (facts.registry !== undefined)
      return { provider: 'given', kubeconfig: facts.kubeconfig, registry: facts.registry };
    throw new ActionError('registry-missing', 'A cluster was given, but no registry that it can pull from.', {
      remedy: 'Set FAIRWAY_REGISTRY to host:port of a registry that this machine and the cluster both reach.',
    });
  }
  if (facts.kind && facts.docker) return { provider: 'kind' };
  const missing = lacksForSource(facts);
  if (missing.length === 0) return { provider: 'one-node' };
  throw unsupported('a Kubernetes cluster', missing, 'install Docker and kind');
}

export function chooseBuilder(facts: HostFacts): BuilderChoice {
  if (facts.docker) return { provider: 'docker' };
  const missing = lacksForSource(facts);
  if (missing.length === 0) return { provider: 'buildkitd' };
  throw unsupported('an image builder', missing, 'install Docker');
}

export function chooseServices(facts: HostFacts): ServiceChoice {
  if (facts.platform === 'linux' && facts.debian) return { provider: 'debian' };
  if (facts.platform === 'linux' && facts.docker) return { provider: 'docker' };
  throw unsupported('a registry and Prometheus', ['Linux', 'Debian'], 'install Docker on Linux');
}

/** What stands between this machine and running the parts from source as plain processes. */
function lacksForSource(facts: HostFacts): string[] {
  const lacks: string[] = [];
  if (facts.platform !== 'linux' || facts.arch !== 'x64') lacks.push('Linux on x86-64');
  if (!facts.debian) lacks.push('Debian (or a child of it)');
  if (!facts.root) lacks.push('root');
  if (!facts.go) lacks.push('Go 1.26 (https://go.dev/dl)');
  return lacks;
}

function unsupported(what: string, missing: readonly string[], otherwise: string): ActionError {
  return new ActionError('host-unsupported', `This machine has no way to run ${what}.`, {
    remedy: `Either ${otherwise} and start again, or run on a machine that has ${missing.join(', ')}.`,
  });
}
