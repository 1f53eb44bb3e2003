import { exampleAnswer, findOperation } from '../description.js';
import type { Pull, PullFile } from '../records.js';
import { type Json, notFound, type RouteCall, type Routes } from '../route.js';
import { nodeId, simpleUser } from '../shapes.js';
import { adopt, minimalRepository } from './repository.js';

const read = ['pull-requests:read'];

export const pullRoutes: Routes = {
  'pulls/get': {
    permissions: read,
    handle: (call) => ({ status: 200, body: renderWhole(call, requirePull(call)) }),
  },
  'pulls/list': {
    permissions: read,
    handle: (call) => {
      const state = call.query.get('state') ?? 'open';
      const base = call.query.get('base');
      const head = call.query.get('head');
      const pulls = call.state.pulls
        .filter((pull) => state === 'all' || stateOf(pull) === state)
        .filter((pull) => base === null || pull.baseRef === base)
        .filter((pull) => head === null || label(call, pull) === head);
      return { list: [...pulls].reverse().map((pull) => renderSimple(call, pull)) };
    },
  },
  'pulls/list-files': {
    permissions: read,
    handle: (call) => {
      const pull = requirePull(call);
      return { list: (pull.files ?? []).map((file) => renderFile(call, pull, file)) };
    },
  },
  'repos/list-pull-requests-associated-with-commit': {
    permissions: read,
    handle: (call) => ({
      list: call.state.pulls
        .filter((pull) => pull.headSha === call.params.commit_sha)
        .map((pull) => renderSimple(call, pull)),
    }),
  },
};

function requirePull(call: RouteCall): Pull {
  const pull = call.state.pulls.find(({ number }) => number === Number(call.params.pull_number));
  if (!pull) throw notFound();
  return pull;
}

/** The description's example is a complete pull request; the facts of this one are laid over it. */
function example(call: RouteCall, pull: Pull, path: string): Json {
  const operation = findOperation('get', path)?.operation;
  const answer = operation ? exampleAnswer(operation, 200) : undefined;
  return adopt(call, (Array.isArray(answer) ? answer[0] : answer) as Json, [
    ['/1347', `/${pull.number}`],
    ['6dcb09b5b57875f334f61aebed695e2e4193db5e', pull.headSha],
  ]);
}

function renderSimple(call: RouteCall, pull: Pull): Json {
  return { ...example(call, pull, '/repos/o/r/pulls'), ...facts(call, pull) };
}

function renderWhole(call: RouteCall, pull: Pull): Json {
  const files = pull.files ?? [];
  return {
    ...example(call, pull, '/repos/o/r/pulls/1'),
    ...facts(call, pull),
    merged: pull.merged ?? false,
    mergeable: true,
    mergeable_state: 'clean',
    merged_by: null,
    comments: call.state.comments.filter(({ issue }) => issue === pull.number).length,
    review_comments: 0,
    commits: 1,
    additions: files.reduce((sum, file) => sum + file.additions, 0),
    deletions: files.reduce((sum, file) => sum + file.deletions, 0),
    changed_files: files.length,
  };
}

function facts(call: RouteCall, pull: Pull): Json {
  const url = `${call.repositoryUrl}/pulls/${pull.number}`;
  const issue = `${call.repositoryUrl}/issues/${pull.number}`;
  const web = `${call.webUrl}/pull/${pull.number}`;
  const repository = minimalRepository(call);
  return {
    id: pull.number,
    node_id: nodeId('PullRequest', pull.number),
    number: pull.number,
    title: pull.title,
    body: pull.body ?? null,
    state: stateOf(pull),
    draft: pull.draft ?? false,
    locked: false,
    active_lock_reason: null,
    user: simpleUser(call.api, pull.author ?? 'octocat'),
    url,
    html_url: web,
    diff_url: `${web}.diff`,
    patch_url: `${web}.patch`,
    issue_url: issue,
    comments_url: `${issue}/comments`,
    statuses_url: `${call.repositoryUrl}/statuses/${pull.headSha}`,
    assignee: null,
    assignees: [],
    labels: [],
    milestone: null,
    requested_reviewers: [],
    requested_teams: [],
    auto_merge: null,
    merged_at: pull.merged ? call.now : null,
    closed_at: stateOf(pull) === 'closed' ? call.now : null,
    merge_commit_sha: null,
    ...(pull.updatedAt !== undefined && { updated_at: pull.updatedAt }),
    head: {
      label: label(call, pull),
      ref: pull.headRef,
      sha: pull.headSha,
      user: simpleUser(call.api, (pull.headRepository ?? call.state.fullName).split('/')[0] ?? ''),
      repo: {
        ...repository,
        full_name: pull.headRepository ?? call.state.fullName,
        fork: isFork(call, pull),
        ...(isFork(call, pull) ? { id: 1296270 } : {}),
      },
    },
    base: {
      label: `${call.state.owner}:${pull.baseRef}`,
      ref: pull.baseRef,
      sha: pull.baseSha,
      user: simpleUser(call.api, call.state.owner),
      repo: repository,
    },
  };
}

function renderFile(call: RouteCall, pull: Pull, file: PullFile): Json {
  return {
    sha: pull.headSha,
    ...file,
    changes: file.additions + file.deletions,
    blob_url: `${call.webUrl}/blob/${pull.headSha}/${encodeURI(file.filename)}`,
    raw_url: `${call.webUrl}/raw/${pull.headSha}/${encodeURI(file.filename)}`,
    contents_url: `${call.repositoryUrl}/contents/${encodeURI(file.filename)}?ref=${pull.headSha}`,
  };
}

function stateOf(pull: Pull): string {
  return pull.state ?? (pull.merged ? 'closed' : 'open');
}

function isFork(call: RouteCall, pull: Pull): boolean {
  return pull.headRepository !== undefined && pull.headRepository !== call.state.fullName;
}

function label(call: RouteCall, pull: Pull): string {
  return `${(pull.headRepository ?? call.state.fullName).split('/')[0]}:${pull.headRef}`;
}
