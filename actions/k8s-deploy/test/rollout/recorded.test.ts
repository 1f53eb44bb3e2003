import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../src/cluster/object.ts';
import { assess } from '../../src/rollout/assess.ts';
import { View } from '../../src/rollout/view.ts';

/**
 * Objects as a real cluster gave them (Kubernetes 1.34.4, containerd 1.6, one node) in the moment after each release
 * was found broken; made by deploying each broken thing once.
 */
function recorded(name: string): { view: View; released: KubeObject[] } {
  const file = new URL(`../fixtures/rollout/${name}.json`, import.meta.url);
  const collections = JSON.parse(readFileSync(file, 'utf8')) as Record<string, KubeObject[]>;
  const view = new View(new Date(0));
  for (const [plural, objects] of Object.entries(collections)) view.take(plural, { type: 'all', objects });
  const isReleased = ({ metadata }: KubeObject) =>
    metadata.labels?.['applyset.kubernetes.io/part-of'] !== undefined;
  return { view, released: Object.values(collections).flat().filter(isReleased) };
}

const rules = { crashLoopThreshold: 2, appearMs: 0, nodeMs: 2_000 };
/** Long after every recording. */
const later = Date.parse('2030-01-01');

describe('what a real cluster showed', () => {
  it.each([
    // name, code, patience, what the message says, what the remedy says
    ['crash', 'crash-loop', 0, /crashed \d times; exit code 3/, /last log lines/],
    ['ds-crash', 'crash-loop', 0, /exit code 3/, /last log lines/],
    ['init-fails', 'crash-loop', 0, /exit code 3/, /last log lines/],
    ['oom', 'out-of-memory', 0, /using more memory than its limit/, /limits\.memory/],
    ['exit0', 'ends-by-itself', 0, /exit code 0/, /make it a Job/],
    ['liveness', 'probe-kills', 0, /Liveness probe failed/, /startupProbe/],
    ['no-program', 'container-start', 0, /\/bin\/nothere/, /ENTRYPOINT/],
    ['root', 'runs-as-root', 0, /runAsNonRoot/, /USER 10001/],
    ['config-missing', 'container-config', 0, /configmap "nope" not found/, /Add the configmap nope/],
    ['secret-key-missing', 'container-config', 0, /couldn't find key missing/, /the key missing in Secret/],
    ['image-name', 'image-name', 0, /not the name of an image/, /lower case/],
    ['image-unauthorized', 'image-unauthorized', 0, /401 Unauthorized/, /imagePullSecrets/],
    ['image-tls', 'image-registry-tls', 0, /x509/, /do not trust 10\.211\.0\.1:10250/],
    ['volume-missing', 'volume-source-missing', 2_000, /secret "nope" not found/, /to the release/],
    ['claim-missing', 'claim-missing', 2_000, /"nope" not found/, /PersistentVolumeClaim nope/],
    ['claim-unbound', 'claim-unbound', 2_000, /no storage class is set/, /storageClassName/],
    ['quota', 'quota', 2_000, /exceeded quota: q/, /ResourceQuota/],
    ['sts-quota', 'quota', 2_000, /exceeded quota: q/, /ResourceQuota/],
    ['no-capacity', 'no-capacity', 2_000, /Insufficient cpu\.$/, /add nodes/],
    ['no-fitting-node', 'no-fitting-node', 2_000, /node affinity\/selector/, /nodeSelector/],
    ['sa-missing', 'service-account-missing', 2_000, /"nope" not found/, /ServiceAccount/],
    ['pod-security', 'pod-security', 0, /violates PodSecurity/, /lists each field/],
    ['job', 'job-failed', 0, /BackoffLimitExceeded/, /last pod/],
  ])('%s is %s', (name, code, patienceMs, message, remedy) => {
    const { view, released } = recorded(name);
    const standings = assess(released, view, rules, later);
    expect(standings.some(({ ready }) => !ready)).toBe(true);
    const findings = standings.flatMap((standing) => standing.findings);
    const [finding] = findings
      .filter((candidate) => candidate.patienceMs !== undefined)
      .toSorted((a, b) => Number(a.patienceMs) - Number(b.patienceMs));
    expect(finding).toMatchObject({ code, patienceMs });
    expect(finding?.message).toMatch(message);
    expect(finding?.remedy).toMatch(remedy);
  });

  it('a service that runs and is not ready is slow, not broken', () => {
    const { view, released } = recorded('never-ready');
    const [standing] = assess(released, view, rules, later);
    expect(standing?.ready).toBe(false);
    expect(standing?.findings.map(({ code, patienceMs }) => [code, patienceMs])).toEqual([
      ['not-ready', undefined],
    ]);
  });

  it.each(['sts-good', 'ds-good', 'job-good'])('%s is ready', (name) => {
    const { view, released } = recorded(name);
    const standings = assess(released, view, rules, later);
    expect(standings.map(({ ready, findings }) => ({ ready, findings }))).toEqual([
      { ready: true, findings: [] },
    ]);
  });

  it('a crash below the threshold explains, and does not decide', () => {
    const { view, released } = recorded('crash');
    const patient = { ...rules, crashLoopThreshold: 50 };
    const findings = assess(released, view, patient, later).flatMap((standing) => standing.findings);
    expect(findings).toMatchObject([{ code: 'crash-loop', patienceMs: undefined }]);
  });

  it('a ConfigMap that an operator may still make is waited for', () => {
    const { view, released } = recorded('config-missing');
    const findings = assess(released, view, { ...rules, appearMs: 60_000 }, later).flatMap((s) => s.findings);
    expect(findings).toMatchObject([{ code: 'container-config', patienceMs: 60_000 }]);
  });

  it('an object that no watch has shown yet is not ready', () => {
    const { released } = recorded('sts-good');
    const [standing] = assess(released, new View(new Date(0)), rules, later);
    expect(standing).toMatchObject({ ready: false, findings: [] });
  });
});
