import { ActionError } from '@fairway/action-kit';
import { describe, expect, it } from 'vitest';
import { choose, chooseBuilder, chooseCluster, chooseServices, type HostFacts } from '../src/host.js';

const DEBIAN_ROOT: HostFacts = {
  platform: 'linux',
  arch: 'x64',
  root: true,
  debian: true,
  docker: false,
  kind: false,
  kubeconfig: undefined,
  registry: undefined,
  go: true,
  pip: true,
  cpus: 2,
};
const LAPTOP: HostFacts = { ...DEBIAN_ROOT, root: false, debian: false, docker: true, kind: true, go: false };

describe('what a machine is used for', () => {
  it.each<[string, HostFacts, string, string, string]>([
    ['a bare Debian as root', DEBIAN_ROOT, 'one-node', 'buildkitd', 'debian'],
    ['Debian with Docker', { ...DEBIAN_ROOT, docker: true }, 'one-node', 'docker', 'debian'],
    ['Debian with Docker and kind', { ...DEBIAN_ROOT, docker: true, kind: true }, 'kind', 'docker', 'debian'],
    ['kind without an engine', { ...DEBIAN_ROOT, kind: true }, 'one-node', 'buildkitd', 'debian'],
    ['a laptop with Docker and kind', LAPTOP, 'kind', 'docker', 'docker'],
    [
      'a given cluster and registry',
      { ...DEBIAN_ROOT, kubeconfig: '/k', registry: 'r:5000', kind: true, docker: true },
      'given',
      'docker',
      'debian',
    ],
  ])('%s', (_, facts, cluster, builder, services) => {
    const choices = choose(facts);
    expect([choices.cluster.provider, choices.builder.provider, choices.services.provider]).toEqual([
      cluster,
      builder,
      services,
    ]);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['no root', () => chooseCluster({ ...DEBIAN_ROOT, root: false }), /install Docker and kind.*has root/],
    ['no Go', () => chooseBuilder({ ...DEBIAN_ROOT, go: false }), /install Docker.*Go 1\.26/],
    ['arm64', () => chooseCluster({ ...DEBIAN_ROOT, arch: 'arm64' }), /Linux on x86-64/],
    ['macOS', () => chooseServices({ ...LAPTOP, platform: 'darwin' }), /Docker on Linux/],
    [
      'a cluster without a registry',
      () => chooseCluster({ ...LAPTOP, kubeconfig: '/k' }),
      /FAIRWAY_REGISTRY/,
    ],
  ])('says what to do: %s', (_, decide, remedy) => {
    let thrown: unknown;
    try {
      decide();
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ActionError);
    expect((thrown as ActionError).remedy).toMatch(remedy);
  });
});
