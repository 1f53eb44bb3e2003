import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  action,
  actionNames,
  callable,
  callerFiles,
  contractOf,
  type Job,
  neededBy,
  root,
  type Step,
  slug,
  type Tree,
  text,
  workflow,
  workflowFiles,
} from './repository.ts';

/** Each `uses:` with its `with:`, of jobs and of steps. */
function calls(jobs: readonly Job[], steps: readonly Step[] = []): { uses: string; with: Tree }[] {
  const all = [...jobs, ...jobs.flatMap((job) => job.steps ?? []), ...steps];
  return all.flatMap((call) => (call.uses === undefined ? [] : [{ uses: call.uses, with: call.with ?? {} }]));
}

const sources = [
  ...workflowFiles.map((path) => ({ path, calls: calls(Object.values(workflow(path).jobs)) })),
  ...callerFiles.map((path) => ({ path, calls: calls(Object.values(workflow(path).jobs)) })),
  ...actionNames.map((name) => ({
    path: `actions/${name}/action.yml`,
    calls: calls([], action(name).runs.steps),
  })),
];

describe.each(sources)('$path', ({ path, calls }) => {
  it('calls only what is there, with inputs that are declared, and none that is required missing', () => {
    for (const call of calls) {
      const contract = contractOf(call.uses);
      if (contract === undefined) continue;
      const declared = Object.entries(contract.inputs ?? {});
      expect(declared.map(([name]) => name)).toEqual(expect.arrayContaining(Object.keys(call.with)));
      const required = declared.filter(([, input]) => input.required && input.default === undefined);
      expect(Object.keys(call.with)).toEqual(expect.arrayContaining(required.map(([name]) => name)));
    }
  });

  it('pins everybody else to a 40-digit commit, with the version beside it', () => {
    for (const line of text(path).split('\n')) {
      const uses = /^\s*(?:- )?uses:\s*(\S+)(.*)$/.exec(line);
      if (!uses?.[1] || uses[1].startsWith('$/') || uses[1].startsWith(`${slug}/`)) continue;
      expect(line).toMatch(/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    }
  });

  it('hands no expression to a shell', () => {
    const jobs = path.endsWith('action.yml') ? [] : Object.values(workflow(path).jobs);
    const steps = path.endsWith('action.yml') ? (action(path.split('/')[1] ?? '').runs.steps ?? []) : [];
    for (const { run } of [...jobs.flatMap((job) => job.steps ?? []), ...steps]) {
      expect(run ?? '').not.toContain('${{');
    }
  });
});

describe.each(workflowFiles)('%s', (path) => {
  const { jobs, permissions } = workflow(path);

  it('grants nothing at the top, and gives a reason beside each scope of a job', () => {
    expect(permissions).toEqual({});
    const scopes = text(path).match(/^ {6}[a-z-]+: (read|write)\b.*$/gm) ?? [];
    for (const line of scopes) expect(line).toMatch(/# \S/);
  });

  it('limits the time of each job that runs steps', () => {
    for (const job of Object.values(jobs)) {
      if (job['runs-on'] !== undefined) expect(job['timeout-minutes']).toBeGreaterThan(0);
    }
  });

  it('leaves no token behind a checkout', () => {
    for (const { uses, with: inputs } of Object.values(jobs).flatMap((job) => job.steps ?? [])) {
      if (uses?.startsWith('actions/checkout@'))
        expect(inputs).toMatchObject({ 'persist-credentials': false });
    }
  });
});

describe.each(callable)('%s, which others call', (path) => {
  const { jobs, on } = workflow(path);

  it('calls workflows with all the permissions that they need', () => {
    for (const job of Object.values(jobs)) {
      const called = /^\$\/(.+)$/.exec(job.uses ?? '')?.[1];
      if (called !== undefined) expect(job.permissions).toMatchObject(neededBy(called));
    }
  });

  it('describes each input, output and secret', () => {
    const { inputs, outputs, secrets } = on.workflow_call ?? {};
    for (const entry of [inputs, outputs, secrets].flatMap((kind) => Object.values(kind ?? {}))) {
      expect(entry.description).toMatch(/\S/);
    }
  });

  it('has a page, and a file to copy that grants just what it needs', () => {
    const name = path.split('/').at(-1)?.replace('.yml', '');
    expect(text(`workflows/${name}/README.md`)).toContain('<!-- inputs -->');
    const callers = callerFiles.filter((file) => file.startsWith(`workflows/${name}/`));
    expect(callers).toContain(`workflows/${name}/caller.yml`);
    for (const caller of callers) {
      for (const job of Object.values(workflow(caller).jobs)) {
        if (job.uses?.includes(`/${name}.yml@`)) expect(job.permissions).toEqual(neededBy(path));
      }
      if (name !== 'cicd') expect(text(`workflows/${name}/README.md`)).toContain(text(caller));
    }
  });

  it('reads only outputs that its steps and jobs have', () => {
    const lines = text(path);
    for (const [, job, output] of lines.matchAll(/\b(?:needs|jobs)\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      const found = jobs[job ?? ''];
      const declared = found?.uses === undefined ? found?.outputs : contractOf(found.uses)?.outputs;
      expect(Object.keys(declared ?? {}), `${job}.outputs.${output}`).toContain(output);
    }
    for (const [, id, output] of lines.matchAll(/\bsteps\.([\w-]+)\.outputs\.([\w-]+)/g)) {
      const steps = Object.values(jobs).flatMap((job) => job.steps ?? []);
      const contract = contractOf(steps.find((step) => step.id === id)?.uses ?? '');
      expect(Object.keys(contract?.outputs ?? {}), `${id}.outputs.${output}`).toContain(output);
    }
  });
});

describe.each(actionNames)('actions/%s', (name) => {
  const declared = Object.keys(action(name).inputs ?? {});
  const folder = join(root, 'actions', name, 'src');
  const sources = (ending: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith(ending))
      .map((file) => readFileSync(join(folder, file), 'utf8'))
      .join('\n');

  it('describes each input and output', () => {
    const { inputs, outputs } = action(name);
    for (const entry of [...Object.values(inputs ?? {}), ...Object.values(outputs ?? {})]) {
      expect(entry.description).toMatch(/\S/);
    }
  });

  it('reads each input that action.yml declares, and no other', () => {
    const reader =
      /\b(?:text|lines|flag|integer|duration|oneOf|secret|pairs|workspacePath)\(\s*'([a-z][a-z0-9-]*)'/g;
    if (existsSync(folder)) {
      // Inputs are read in inputs.ts and its like only; elsewhere `text('…')` may be anything.
      const read = [...sources('inputs.ts').matchAll(reader)].map(([, input]) => input);
      expect(declared).toEqual(expect.arrayContaining([...new Set(read)]));
    }
    const code = existsSync(folder) ? sources('.ts') : text(`actions/${name}/action.yml`);
    for (const input of declared) expect(code).toMatch(new RegExp(`['.]${input}['\\s}]`));
  });

  it('has a page with three examples', () => {
    const page = text(`actions/${name}/README.md`);
    expect(page.match(/```yaml/g)?.length ?? 0).toBeGreaterThanOrEqual(3);
    expect(page).toContain('<!-- inputs -->');
    expect(page).toContain('<!-- outputs -->');
  });

  it('runs on Node 24 from its committed bundle, or is made of steps', () => {
    expect(['node24', 'composite']).toContain(action(name).runs.using);
  });
});

it('a difference is that of what would be deployed: of the same sources, images and strategy', () => {
  const { jobs } = workflow('.github/workflows/deploy.yml');
  const given = (job: string) => jobs[job]?.steps?.find(({ id }) => id === job)?.with ?? {};
  const [diff, deploy] = [given('diff'), given('deploy')];
  const shaping = /^(kustomize|manifests|helm-.*|images|resolve-tags|strategy|namespace)$/;
  const names = Object.keys(deploy).filter((name) => shaping.test(name));
  expect(names).toHaveLength(11);
  for (const name of names) expect([name, diff[name]]).toEqual([name, deploy[name]]);
});

it('what is applied is planned with all that it is applied with, and with the reading role where one is named', () => {
  const { jobs } = workflow('.github/workflows/infrastructure.yml');
  const given = (job: string, id: string) => jobs[job]?.steps?.find((step) => step.id === id)?.with ?? {};
  const own = /^(mode|plan-.*)$/;
  const shaping = (job: string) =>
    Object.fromEntries(Object.entries(given(job, job)).filter(([name]) => !own.test(name)));
  expect(Object.keys(shaping('plan'))).toContain('protect');
  expect(shaping('apply')).toEqual(shaping('plan'));
  const logins = [given('plan', 'login'), given('apply', 'login')] as const;
  for (const name of ['aws-role', 'gcp-service-account', 'azure-client-id']) {
    const [planning, applying] = logins.map((login) => String(login[name]));
    expect(planning?.replace(/inputs\.\S*plan\S* \|\| /, '')).toBe(applying);
    expect(planning).not.toBe(applying);
  }
});

describe('an image', () => {
  const { on, jobs } = workflow('.github/workflows/image.yml');

  it('is built in the whole flow with all that its own workflow takes', () => {
    const inputs = Object.keys(on.workflow_call?.inputs ?? {});
    const given = Object.keys(workflow('.github/workflows/cicd.yml').jobs.image?.with ?? {});
    expect(given.toSorted()).toEqual(inputs.toSorted());
  });

  it('is built where an identity can be had only in a job of its own, which does the very same', () => {
    const { build, 'build-with-identity': other } = jobs;
    expect(build?.permissions).not.toHaveProperty('id-token');
    expect(other?.permissions).toHaveProperty('id-token', 'write');
    expect([other?.steps, other?.outputs]).toEqual([build?.steps, build?.outputs]);
  });
});
