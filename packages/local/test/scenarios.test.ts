import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { occurrence } from '../src/flow/demo.ts';
import { chooseScenarios } from '../src/flow/end-to-end.ts';
import { expectedJobs } from '../src/flow/expected-jobs.ts';
import { wantedFor } from '../src/flow/session.ts';
import { scenarios } from '../src/scenarios/index.ts';
import { plantedKey } from '../src/scenarios/leaked-secret.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

describe.each(scenarios)('$name', (scenario) => {
  it('changes files of the photo app', async () => {
    const own = scenario.previewed?.chapters[0]?.edits ?? [];
    for (const { file, change } of [...scenario.edits, ...own]) {
      const before = await readFile(join(root, 'examples/photo-app', file), 'utf8').catch(() => '');
      expect(change(before, '127.0.0.1:5000'), file).not.toBe(before);
    }
  });

  it('says in a line what happens', () => {
    expect(occurrence(scenario)).toMatch(
      /(push|pull request): “.+”$|starts \w+\.yml by hand$|Visitors come to /,
    );
  });

  it('asserts something of production, and that people are told where the pipeline runs', () => {
    const text = JSON.stringify(scenario.assertions);
    expect(text).toContain('"production"');
    if (scenario.dispatch !== undefined || scenario.rush !== undefined) return;
    const isPushed = scenario.proposal === undefined && scenario.previewed === undefined;
    const telling = isPushed ? 'told' : 'commented';
    expect(scenario.assertions.some((assertion) => assertion.kind === telling)).toBe(true);
  });

  it('is red exactly when it tells of a failure', () => {
    const toldOfFailure = scenario.assertions.some(
      (assertion) =>
        (assertion.kind === 'told' && assertion.words.includes('"status":"failure"')) ||
        (assertion.kind === 'checked' && assertion.conclusion === 'failure'),
    );
    const { Notify, ...stages } = scenario.results;
    expect(toldOfFailure).toBe(Object.values(stages).includes('failure'));
  });
});

it('has those, and only those, that the documentation promises', async () => {
  const page = await readFile(join(root, 'docs/local.md'), 'utf8');
  const [, table = ''] = /^\| scenario \|.*\n\| ---.*\n((?:\|.*\n)+)/m.exec(page) ?? [];
  const promised = [...table.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, name]) => name);
  expect(promised.toSorted()).toEqual(scenarios.map((scenario) => scenario.name).toSorted());
});

it('names the stages as cicd.yml names its jobs, and their jobs as the called workflows do', async () => {
  const read = async (file: string): Promise<Workflow> =>
    parse(await readFile(join(root, '.github/workflows', file), 'utf8'));
  const cicd = await read('cicd.yml');
  const [first] = scenarios;
  const names: string[] = [];
  for (const stage of Object.values(cicd.jobs)) {
    const file = /^\$\/\.github\/workflows\/(.+)$/.exec(stage.uses ?? '')?.[1];
    if (file === undefined) names.push(`cicd / ${stage.name}`);
    else {
      for (const job of Object.values((await read(file)).jobs)) {
        const environment = /staging|production/i.exec(stage.name)?.[0].toLowerCase() ?? '';
        const name = job.name
          .replace(/\$\{\{ inputs\.environment \}\}/, environment)
          .replace(/\$\{\{ inputs\.mode == .*? \|\| 'Deploy' \}\}/, 'Deploy')
          .replace(/\$\{\{ matrix\.shard \}\}/, '1/1')
          .replace(/\$\{\{ matrix\.platform && .*?\}\}\}?/, '');
        names.push(`cicd / ${stage.name} / ${asActNames(job, name)}`);
      }
    }
  }
  expect(
    expectedJobs(first?.results as never, 1, 0)
      .map((job) => job.name)
      .sort(),
  ).toEqual(names.sort());
});

it('names the jobs of a preview as preview.yml and image.yml do, and its host as the caller', async () => {
  const read = async (file: string) => parse(await readFile(join(root, file), 'utf8'));
  const { jobs } = await read('.github/workflows/preview.yml');
  const image = await read('.github/workflows/image.yml');
  const caller = await read('workflows/preview/caller.yml');
  const [id = ''] = Object.keys(caller.jobs);
  const called = (Object.values(image.jobs) as Job[]).map((job) =>
    asActNames(job, job.name.replace(/\$\{\{ matrix\.platform && .*?\}\}\}?/, '')),
  );
  const [life] = scenarios.flatMap(({ previewed }) => previewed ?? []);
  expect(Object.keys(life?.chapters[0]?.jobs ?? {}).sort()).toEqual(
    [...called.map((name) => `${id} / ${jobs.image.name} / ${name}`), `${id} / ${jobs.preview.name}`].sort(),
  );
  expect(Object.keys(life?.chapters.at(-1)?.jobs ?? {}).sort()).toEqual(
    [`${id} / ${jobs.image.name}`, `${id} / ${jobs.preview.name}`].sort(),
  );
  expect(life?.host).toBe(caller.jobs[id].with.host.replace('{number}', life?.number));
});

it('plants a key that scanners know, and that no file of this repository holds', async () => {
  expect(plantedKey()).toMatch(/^AKIA[A-Z2-7]{16}$/);
  const source = await readFile(join(root, 'packages/local/src/scenarios/leaked-secret.ts'), 'utf8');
  expect(source).not.toMatch(/AKIA[A-Z2-7]{16}/);
});

it('plays the green release first where a scenario needs one', () => {
  const names = (chosen: readonly string[]) => chooseScenarios(chosen).map((scenario) => scenario.name);
  expect(names([])).toHaveLength(scenarios.length);
  expect(names(['crash-loop'])).toEqual(['green', 'crash-loop']);
  expect(names(['sink-down'])).toEqual(['green', 'sink-down']);
  expect(names(['red-test'])).toEqual(['red-test']);
  expect(names(['rollback'])).toEqual(['green', 'canary', 'rollback']);
  expect(() => names(['typo'])).toThrow('typo');
});

it('prepares metrics only where a scenario has an autoscaler follow', () => {
  const tools = (name: string) => wantedFor(chooseScenarios([name])).tools;
  expect(tools('spike')).toContain('metrics-server');
  expect(tools('canary')).not.toContain('metrics-server');
});

it('prepares an ingress controller only where a scenario asks a preview by its host', () => {
  const tools = (name: string) => wantedFor(chooseScenarios([name])).tools;
  expect(tools('preview')).toContain('traefik');
  expect(tools('pull-request')).not.toContain('traefik');
});

it('hands each workflow that is started by hand only inputs that it has', async () => {
  for (const { dispatch } of scenarios) {
    if (dispatch === undefined) continue;
    const file = join(root, 'workflows/deploy', dispatch.workflow);
    const { on } = parse(await readFile(file, 'utf8'));
    expect(Object.keys(on.workflow_dispatch.inputs ?? {})).toEqual(
      expect.arrayContaining(Object.keys(dispatch.inputs)),
    );
  }
});

interface Job {
  readonly name: string;
  readonly uses?: string;
  readonly strategy?: { readonly matrix: unknown };
}

interface Workflow {
  readonly jobs: Readonly<Record<string, Job>>;
}

/** act adds a matrix's values to a name that says none, here of one that has none. */
function asActNames(job: Job, name: string): string {
  return job.strategy === undefined || job.name.includes('matrix.') ? name : `${name} ()`;
}
