import type { CommitStatus } from '../records.js';
import { invalid, type Json, notFound, type RouteCall, type Routes, requireCommit } from '../route.js';
import { nodeId, simpleUser, tokenUser } from '../shapes.js';
import { minimalRepository } from './repository.js';

/** Characters of a commit status' description. */
const descriptionLimit = 140;
const read = ['statuses:read'];

export const statusRoutes: Routes = {
  'repos/create-commit-status': {
    permissions: ['statuses:write'],
    handle: (call) => {
      const sha = call.params.sha ?? '';
      requireCommit(call.state, sha);
      const description = optionalText(call.body.description);
      if (description !== null && description.length > descriptionLimit) {
        throw invalid(
          'Status',
          'description',
          `description is too long (maximum is ${descriptionLimit} characters)`,
        );
      }
      const status: CommitStatus = {
        id: call.state.nextId(),
        sha,
        state: String(call.body.state),
        context: String(call.body.context ?? 'default'),
        description,
        target_url: optionalText(call.body.target_url),
        created_at: call.now,
      };
      call.state.statuses.push(status);
      return { status: 201, body: { ...render(call, status), creator: simpleUser(call.api, tokenUser) } };
    },
  },
  'repos/list-commit-statuses-for-ref': {
    permissions: read,
    handle: (call) => {
      const statuses = ofRef(call).reverse();
      return {
        list: statuses.map((status) => ({
          ...render(call, status),
          creator: simpleUser(call.api, tokenUser),
        })),
      };
    },
  },
  'repos/get-combined-status-for-ref': {
    permissions: read,
    handle: (call) => {
      const latest = [...new Map(ofRef(call).map((status) => [status.context, status])).values()];
      const sha = call.state.resolve(call.params.ref ?? '') ?? '';
      return {
        status: 200,
        body: {
          state: combined(latest),
          statuses: latest.map((status) => render(call, status)),
          sha,
          total_count: latest.length,
          repository: minimalRepository(call),
          commit_url: `${call.repositoryUrl}/commits/${sha}`,
          url: `${call.repositoryUrl}/commits/${sha}/status`,
        },
      };
    },
  },
};

function ofRef(call: RouteCall): CommitStatus[] {
  const sha = call.state.resolve(call.params.ref ?? '');
  if (sha === undefined) throw notFound();
  return call.state.statuses.filter((status) => status.sha === sha);
}

/** GitHub: failure when any failed, pending when there are none or one is pending, success otherwise. */
function combined(statuses: readonly CommitStatus[]): string {
  if (statuses.some(({ state }) => state === 'failure' || state === 'error')) return 'failure';
  return statuses.length === 0 || statuses.some(({ state }) => state === 'pending') ? 'pending' : 'success';
}

function render(call: RouteCall, status: CommitStatus): Json {
  return {
    url: `${call.repositoryUrl}/statuses/${status.sha}`,
    avatar_url: 'https://avatars.githubusercontent.com/in/15368?v=4',
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.target_url,
    context: status.context,
    created_at: status.created_at,
    updated_at: status.created_at,
  };
}

function optionalText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
