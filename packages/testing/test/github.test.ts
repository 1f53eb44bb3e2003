import { gzipSync } from 'node:zlib';
import { getOctokit } from '@actions/github';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type GitHubService, type Pull, startGitHub } from '../src/index.js';

const sha = 'a'.repeat(40);
const target = { owner: 'acme', repo: 'photo-app' };
const pull: Pull = {
  number: 7,
  title: 'Add thumbnails',
  headRef: 'thumbs',
  headSha: sha,
  baseRef: 'main',
  baseSha: 'b'.repeat(40),
  files: [{ filename: 'src/a b.ts', status: 'modified', additions: 3, deletions: 1, patch: '@@' }],
};

let github: GitHubService;
let rest: ReturnType<typeof getOctokit>['rest'];
let octokit: ReturnType<typeof getOctokit>;

async function serve(options: Parameters<typeof startGitHub>[0] = {}): Promise<void> {
  github = await startGitHub({ pulls: [pull], refs: { main: sha }, ...options });
  // As an action does it: the address comes from GITHUB_API_URL.
  octokit = getOctokit('token', { baseUrl: github.url });
  rest = octokit.rest;
}

beforeEach(() => serve());
afterEach(() => github.close());

/** What GitHub says when it refuses. */
async function refusal(request: Promise<unknown>): Promise<{ status: number; text: string }> {
  try {
    await request;
  } catch (error) {
    const { status, response, message } = error as {
      status: number;
      response?: { data: unknown };
      message: string;
    };
    return { status, text: `${message} ${JSON.stringify(response?.data)}` };
  }
  throw new Error('the request was not refused');
}

describe('comments', () => {
  it('keeps, pages, changes and deletes them', async () => {
    for (let index = 0; index < 5; index += 1) {
      await rest.issues.createComment({ ...target, issue_number: 7, body: `comment ${index}` });
    }
    const paged = await octokit.paginate(rest.issues.listComments, {
      ...target,
      issue_number: 7,
      per_page: 2,
    });
    expect(paged.map(({ body }) => body)).toEqual([
      'comment 0',
      'comment 1',
      'comment 2',
      'comment 3',
      'comment 4',
    ]);
    const second = await rest.issues.listComments({ ...target, issue_number: 7, per_page: 2, page: 2 });
    expect(second.headers.link).toMatch(
      /page=1>; rel="prev".*page=3>; rel="next".*page=3>; rel="last".*rel="first"/,
    );

    const [first, last] = [paged[0]?.id ?? 0, paged[4]?.id ?? 0];
    await rest.issues.updateComment({ ...target, comment_id: first, body: 'changed' });
    await rest.issues.deleteComment({ ...target, comment_id: last });
    expect(github.state.comments.map(({ body }) => body)).toEqual([
      'changed',
      'comment 1',
      'comment 2',
      'comment 3',
    ]);
    expect((await refusal(rest.issues.getComment({ ...target, comment_id: last }))).status).toBe(404);
    expect(github.violations).toEqual([]);
  });

  it('refuses a body that is too long, blank or missing', async () => {
    const create = (body: string) => rest.issues.createComment({ ...target, issue_number: 7, body });
    expect(await refusal(create('x'.repeat(65_537)))).toMatchObject({
      status: 422,
      text: expect.stringMatching(/maximum is 65536/),
    });
    expect(await refusal(create(' '))).toMatchObject({
      status: 422,
      text: expect.stringMatching(/cannot be blank/),
    });
    const missing = octokit.request('POST /repos/{owner}/{repo}/issues/{issue_number}/comments', {
      ...target,
      issue_number: 7,
    } as never);
    expect(await refusal(missing)).toMatchObject({
      status: 422,
      text: expect.stringMatching(/missing_field/),
    });
    expect(github.takeViolations()).toHaveLength(3);
  });

  it('knows no issue but those it was given', async () => {
    const answer = await refusal(rest.issues.createComment({ ...target, issue_number: 8, body: 'x' }));
    expect(answer.status).toBe(404);
    expect(
      (await refusal(rest.issues.listComments({ owner: 'acme', repo: 'other', issue_number: 7 }))).status,
    ).toBe(404);
  });
});

describe('check runs', () => {
  const annotation = {
    path: 'a.ts',
    start_line: 1,
    end_line: 1,
    annotation_level: 'failure',
    message: 'm',
  } as const;
  const output = (count: number) => ({
    title: 't',
    summary: 's',
    annotations: Array(count).fill(annotation),
  });

  it('appends the annotations of every request', async () => {
    const { data } = await rest.checks.create({
      ...target,
      name: 'tests',
      head_sha: sha,
      status: 'in_progress',
      output: output(50),
    });
    await rest.checks.update({ ...target, check_run_id: data.id, conclusion: 'failure', output: output(7) });
    expect(github.state.checkRuns).toMatchObject([
      { name: 'tests', status: 'completed', conclusion: 'failure' },
    ]);
    const request = { ...target, check_run_id: data.id, per_page: 100 };
    expect(await octokit.paginate(rest.checks.listAnnotations, request)).toHaveLength(57);
    const listed = await rest.checks.listForRef({ ...target, ref: 'main', check_name: 'tests' });
    expect(listed.data.check_runs[0]?.output.annotations_count).toBe(57);
  });

  it.each([
    ['51 annotations at once', { output: output(51) }, /annotations .*50 items/],
    ['a made-up conclusion', { conclusion: 'broken' as never }, /conclusion/],
    ['completed without a conclusion', { status: 'completed' as const }, /conclusion/],
    ['a summary that is too long', { output: { title: 't', summary: 'x'.repeat(65_536) } }, /65535/],
    ['an unknown commit', { head_sha: 'short' }, /No commit found for SHA: short/],
    [
      'columns over several lines',
      {
        output: { title: 't', summary: 's', annotations: [{ ...annotation, end_line: 2, start_column: 1 }] },
      },
      /columns/,
    ],
  ])('refuses %s', async (_, change, message) => {
    const answer = await refusal(
      rest.checks.create({ ...target, name: 'tests', head_sha: sha, ...change } as never),
    );
    expect(answer).toMatchObject({ status: 422, text: expect.stringMatching(message) });
    expect(github.takeViolations()).toHaveLength(1);
    expect(github.state.checkRuns).toEqual([]);
  });
});

describe('deployments', () => {
  it('follows a deployment to success and retires the one before', async () => {
    const create = async () => {
      const { data } = await rest.repos.createDeployment({
        ...target,
        ref: 'main',
        environment: 'staging',
        required_contexts: [],
      });
      if (!('id' in data)) throw new Error('it was merged, not deployed');
      const status = {
        ...target,
        deployment_id: data.id,
        environment_url: 'https://staging.example',
        log_url: 'https://log.example',
      };
      await rest.repos.createDeploymentStatus({
        ...status,
        state: 'in_progress',
        description: 'rolling out',
      });
      await rest.repos.createDeploymentStatus({ ...status, state: 'success' });
      return data.id;
    };
    const first = await create();
    await create();
    const { data } = await rest.repos.listDeploymentStatuses({ ...target, deployment_id: first });
    expect(data.map(({ state }) => state)).toEqual(['inactive', 'success', 'in_progress']);
    const { data: listed } = await rest.repos.listDeployments({ ...target, environment: 'staging' });
    expect(listed.map(({ sha: commit }) => commit)).toEqual([sha, sha]);
  });

  it('refuses to deploy over an unfinished check unless told which contexts count', async () => {
    await rest.checks.create({ ...target, name: 'deploy', head_sha: sha, status: 'in_progress' });
    const answer = await refusal(rest.repos.createDeployment({ ...target, ref: 'main' }));
    expect(answer).toMatchObject({
      status: 409,
      text: expect.stringContaining('Commit status checks failed'),
    });
    expect(github.takeViolations()).toHaveLength(1);
    await rest.repos.createDeployment({ ...target, ref: 'main', required_contexts: [] });
    expect(github.state.deployments).toHaveLength(1);
  });

  it('refuses a long description and an address that is none', async () => {
    const { data } = await rest.repos.createDeployment({ ...target, ref: sha, required_contexts: [] });
    if (!('id' in data)) throw new Error('it was merged, not deployed');
    const status = (change: object) =>
      rest.repos.createDeploymentStatus({ ...target, deployment_id: data.id, state: 'failure', ...change });
    expect((await refusal(status({ description: 'x'.repeat(141) }))).text).toContain('140');
    expect((await refusal(status({ environment_url: 'javascript:alert(1)' }))).text).toContain('http(s)');
    expect(github.takeViolations()).toHaveLength(2);
  });
});

it('combines commit statuses', async () => {
  const set = (context: string, state: 'success' | 'failure' | 'pending') =>
    rest.repos.createCommitStatus({ ...target, sha, context, state, target_url: 'https://ci.example' });
  const state = async () => (await rest.repos.getCombinedStatusForRef({ ...target, ref: sha })).data.state;
  expect(await state()).toBe('pending');
  await set('ci', 'success');
  expect(await state()).toBe('success');
  await set('lint', 'failure');
  expect(await state()).toBe('failure');
  await set('lint', 'success');
  expect(await state()).toBe('success');
  expect((await rest.repos.listCommitStatusesForRef({ ...target, ref: sha })).data).toHaveLength(3);
});

describe('SARIF uploads', () => {
  const upload = (document: unknown, ref = 'refs/heads/main') => {
    const sarif = gzipSync(JSON.stringify(document)).toString('base64');
    return rest.codeScanning.uploadSarif({ ...target, commit_sha: sha, ref, sarif });
  };
  const location = { physicalLocation: { artifactLocation: { uri: 'a.ts' }, region: { startLine: 1 } } };
  const run = (result: object) => ({ tool: { driver: { name: 'fairway' } }, results: [result] });

  it('decodes and keeps them', async () => {
    const document = { version: '2.1.0', runs: [run({ message: { text: 'm' }, locations: [location] })] };
    const { data } = await upload(document);
    expect(github.state.sarifs).toMatchObject([{ id: data.id, ref: 'refs/heads/main', sarif: document }]);
    const status = await rest.codeScanning.getSarif({ ...target, sarif_id: data.id ?? '' });
    expect(status.data.processing_status).toBe('complete');
  });

  it.each([
    ['another version', { version: '2.0.0', runs: [] }, /not 2.1.0/],
    ['a run without a tool', { version: '2.1.0', runs: [{}] }, /tool.driver.name/],
    [
      'a result without a place',
      { version: '2.1.0', runs: [run({ message: { text: 'm' } })] },
      /artifactLocation.uri/,
    ],
    ['no runs', { version: '2.1.0' }, /runs is missing/],
  ])('refuses %s', async (_, document, message) => {
    expect(await refusal(upload(document))).toMatchObject({
      status: 400,
      text: expect.stringMatching(message),
    });
    expect(github.takeViolations()).toHaveLength(1);
  });

  it('refuses a short ref and what is not compressed', async () => {
    expect((await refusal(upload({ version: '2.1.0', runs: [] }, 'main'))).status).toBe(422);
    const plain = rest.codeScanning.uploadSarif({
      ...target,
      commit_sha: sha,
      ref: 'refs/heads/main',
      sarif: '{}',
    });
    expect((await refusal(plain)).text).toContain('not gzip-compressed');
    github.takeViolations();
  });
});

describe('pull requests, contents, releases and runs', () => {
  it('tells of pull requests and their files', async () => {
    const one = await rest.pulls.get({ ...target, pull_number: 7 });
    expect(one.data).toMatchObject({
      number: 7,
      title: 'Add thumbnails',
      changed_files: 1,
      head: { ref: 'thumbs', sha },
    });
    const files = await rest.pulls.listFiles({ ...target, pull_number: 7 });
    expect(files.data).toMatchObject([{ filename: 'src/a b.ts', changes: 4 }]);
    const ofCommit = await rest.repos.listPullRequestsAssociatedWithCommit({ ...target, commit_sha: sha });
    expect(ofCommit.data.map(({ number }) => number)).toEqual([7]);
    expect((await rest.pulls.list({ ...target, state: 'closed' })).data).toEqual([]);
    expect(JSON.stringify(one.data)).not.toContain('Hello-World');
  });

  it('serves files and folders', async () => {
    github.state.files.set('deploy/base/app.yaml', 'kind: Deployment\n');
    github.state.files.set('deploy/readme.md', '# hi');
    const file = await rest.repos.getContent({ ...target, path: 'deploy/base/app.yaml', ref: 'main' });
    const { content } = file.data as { content: string };
    expect(Buffer.from(content, 'base64').toString()).toBe('kind: Deployment\n');
    const folder = await rest.repos.getContent({ ...target, path: 'deploy' });
    expect(
      (folder.data as { name: string; type: string }[]).map(({ name, type }) => `${type} ${name}`),
    ).toEqual(['dir base', 'file readme.md']);
    const raw = await rest.repos.getContent({
      ...target,
      path: 'deploy/readme.md',
      mediaType: { format: 'raw' },
    });
    expect(raw.data).toBe('# hi');
    expect((await refusal(rest.repos.getContent({ ...target, path: 'nope' }))).status).toBe(404);
  });

  it('keeps releases', async () => {
    await rest.repos.createRelease({ ...target, tag_name: 'v1.0.0', name: 'One', body: 'notes' });
    await rest.repos.createRelease({ ...target, tag_name: 'v2.0.0-rc.1', prerelease: true });
    expect((await rest.repos.getLatestRelease(target)).data.tag_name).toBe('v1.0.0');
    expect((await rest.repos.getReleaseByTag({ ...target, tag: 'v2.0.0-rc.1' })).data.prerelease).toBe(true);
    expect((await rest.repos.listReleases(target)).data).toHaveLength(2);
    expect((await refusal(rest.repos.createRelease({ ...target, tag_name: 'v1.0.0' }))).text).toContain(
      'already exists',
    );
    github.takeViolations();
  });

  it('tells of a run, its jobs and its artifacts', async () => {
    github.state.runs.push({
      id: 9,
      headSha: sha,
      headBranch: 'main',
      event: 'push',
      workflow: 'ci',
      status: 'in_progress',
      conclusion: null,
      jobs: [
        { name: 'test (1)', conclusion: 'failure', steps: [{ name: 'Run', conclusion: 'failure' }] },
        { name: 'report', status: 'in_progress' },
      ],
      artifacts: [
        { name: 'junit', size: 12 },
        { name: 'coverage', size: 5 },
      ],
    });
    const run = await rest.actions.getWorkflowRun({ ...target, run_id: 9 });
    expect(run.data).toMatchObject({
      status: 'in_progress',
      head_sha: sha,
      repository: { full_name: 'acme/photo-app' },
    });
    const jobs = await octokit.paginate(rest.actions.listJobsForWorkflowRun, { ...target, run_id: 9 });
    expect(jobs.map(({ name, conclusion }) => [name, conclusion])).toEqual([
      ['test (1)', 'failure'],
      ['report', null],
    ]);
    const artifacts = await rest.actions.listWorkflowRunArtifacts({ ...target, run_id: 9, name: 'junit' });
    expect(artifacts.data.artifacts.map(({ name }) => name)).toEqual(['junit']);
    expect((await rest.repos.get(target)).data.default_branch).toBe('main');
  });
});

describe('what GitHub does not allow', () => {
  it('answers 403 for a denied grant, with the header that names it', async () => {
    github.deny(['checks:write']);
    const request = rest.checks.create({ ...target, name: 'tests', head_sha: sha });
    expect(await refusal(request)).toMatchObject({
      status: 403,
      text: expect.stringContaining('Resource not accessible by integration'),
    });
    await rest.checks.listForRef({ ...target, ref: sha });
    expect(github.violations).toEqual([]);
  });

  it('grants exactly the permissions block it was given', async () => {
    await github.close();
    await serve({ permissions: { 'pull-requests': 'write', contents: 'read' } });
    await rest.issues.createComment({ ...target, issue_number: 7, body: 'x' });
    expect((await refusal(rest.checks.listForRef({ ...target, ref: sha }))).status).toBe(403);
    expect((await refusal(rest.repos.createRelease({ ...target, tag_name: 'v1' }))).status).toBe(403);
  });

  it('wants a token', async () => {
    expect((await fetch(`${github.url}/repos/acme/photo-app`)).status).toBe(401);
    expect(github.takeViolations()).toHaveLength(1);
  });

  it('fails loudly for an operation that does not exist, or that it does not serve', async () => {
    const headers = { authorization: 'Bearer t', 'user-agent': 'test' };
    expect((await fetch(`${github.url}/repos/acme/photo-app/no-such`, { headers })).status).toBe(404);
    expect((await fetch(`${github.url}/repos/acme/photo-app/license`, { headers })).status).toBe(501);
    expect(
      (await fetch(`${github.url}/repos/acme/photo-app/check-runs`, { headers, method: 'POST', body: '{' }))
        .status,
    ).toBe(400);
    expect(github.takeViolations().map(({ request }) => request.split(' ')[1])).toHaveLength(3);
  });

  it('notices a misspelt property or query that GitHub would ignore', async () => {
    await octokit.request('POST /repos/{owner}/{repo}/check-runs', {
      ...target,
      name: 't',
      head_sha: sha,
      anotations: [],
    } as never);
    await octokit.request('GET /repos/{owner}/{repo}/deployments', { ...target, enviroment: 'x' } as never);
    expect(github.takeViolations().flatMap(({ problems }) => problems)).toEqual([
      expect.stringContaining('anotations is unknown to checks/create'),
      expect.stringContaining('enviroment is unknown to repos/list-deployments'),
    ]);
  });

  it('makes close throw for a violation that nobody took', async () => {
    const other = await startGitHub();
    await refusal(
      getOctokit('t', { baseUrl: other.url }).rest.checks.create({ ...target, name: 't', head_sha: 'short' }),
    );
    expect(() => other.assertClean()).toThrow(/POST \/repos\/acme\/photo-app\/check-runs\n.*No commit found/);
    await expect(other.close()).rejects.toThrow(/would not have taken 1 request/);
  });
});

describe('when GitHub itself fails', () => {
  it('answers as told, as often as told, and only for the operation named', async () => {
    github.fail({ kind: 'secondary-limit', operation: 'issues/create-comment', retryAfterSeconds: 9 });
    github.fail({ kind: 'unavailable', times: 2 });
    const create = () => rest.issues.createComment({ ...target, issue_number: 7, body: 'x' });
    const limited = (await create().catch((error: unknown) => error)) as {
      status: number;
      response: { headers: Record<string, string> };
    };
    expect(limited.status).toBe(403);
    expect(limited.response.headers['retry-after']).toBe('9');
    expect((await refusal(create())).status).toBe(503);
    expect((await refusal(rest.repos.get(target))).status).toBe(503);
    await create();
    github.fail({ kind: 'disconnect' });
    await expect(rest.repos.get(target)).rejects.toThrow();
    github.fail({ kind: 'rate-limit' });
    expect((await refusal(rest.repos.get(target))).text).toContain('API rate limit exceeded');
  });
});
