import { describe, expect, it } from 'vitest';
import { check } from '../src/manifests.js';

const rules = async (text: string) =>
  (await check({ path: 'k8s/a.yml', text, lines: true })).map(({ rule }) => rule);
const container = '{ name: a, securityContext: { privileged: true } }';

describe('a manifest', () => {
  it.each([
    ['Pod', `kind: Pod\nspec: { containers: [${container}] }`],
    ['Deployment', `kind: Deployment\nspec: { template: { spec: { containers: [${container}] } } }`],
    [
      'CronJob',
      `kind: CronJob\nspec: { jobTemplate: { spec: { template: { spec: { containers: [${container}] } } } } }`,
    ],
    ['Rollout of Argo', `kind: Rollout\nspec: { template: { spec: { containers: [${container}] } } }`],
    ['List', `kind: List\nitems: [{ kind: Pod, spec: { containers: [${container}] } }]`],
    [
      'PodList in a List',
      `kind: List\nitems: [{ kind: PodList, items: [{ kind: Pod, spec: { containers: [${container}] } }] }]`,
    ],
    ['second document', `kind: ConfigMap\n---\nkind: Pod\nspec: { containers: [${container}] }`],
    [
      'word of YAML 1.1',
      'kind: Pod\nspec: { containers: [{ name: a, securityContext: { privileged: yes } }] }',
    ],
    [
      'merge',
      'kind: Pod\nspec:\n  containers: [{ name: a, securityContext: { <<: &all { privileged: true } } }]',
    ],
  ])('is held to the baseline as a %s', async (_, text) => {
    expect(await rules(text)).toContain('baseline/privileged');
  });

  it('for Windows is not held to what only Linux has, and to all else it is', async () => {
    const found = await rules('kind: Pod\nspec: { os: { name: windows }, containers: [{ name: a }] }');
    expect(found).toEqual(['restricted/run-as-non-root']);
  });

  it.each([
    ['is not YAML', 'a: [\nsecret-line: x', /line 2, column/],
    ['expands without end', bomb(), /Excessive alias count/],
  ])('that %s is refused, and none of it is quoted', async (_, text, message) => {
    const reading = check({ path: 'k8s/a.yml', text, lines: true });
    await expect(reading).rejects.toMatchObject({
      code: 'unreadable-manifest',
      message: expect.stringMatching(message),
    });
    await expect(reading).rejects.not.toMatchObject({ message: expect.stringContaining('secret-line') });
  });
});

function bomb(): string {
  const levels = Array.from(
    { length: 9 },
    (_, n) => `a${n + 1}: &a${n + 1} [${Array(9).fill(`*a${n}`).join(', ')}]`,
  );
  return ['a0: &a0 [x]', ...levels].join('\n');
}
