import type { Deployment, DeploymentStatus } from '../records.js';
import { byId, invalid, type Json, Refusal, type RouteCall, type Routes } from '../route.js';
import { nodeId, simpleUser, tokenUser } from '../shapes.js';

/** Characters of a deployment status' description. */
const descriptionLimit = 140;
const write = ['deployments:write'];
const read = ['deployments:read'];

export const deploymentRoutes: Routes = {
  'repos/create-deployment': {
    permissions: write,
    handle: (call) => {
      const ref = String(call.body.ref);
      const sha = call.state.resolve(ref);
      if (sha === undefined) throw new Refusal(422, `No ref found for: ${ref}`);
      requireContexts(call, ref, sha);
      const environment = String(call.body.environment ?? 'production');
      const deployment: Deployment = {
        id: call.state.nextId(),
        sha,
        ref,
        task: String(call.body.task ?? 'deploy'),
        environment,
        description: typeof call.body.description === 'string' ? call.body.description : null,
        payload: call.body.payload ?? '',
        transient_environment: call.body.transient_environment === true,
        production_environment:
          call.body.production_environment === undefined
            ? environment === 'production'
            : call.body.production_environment === true,
        created_at: call.now,
        statuses: [],
      };
      call.state.deployments.push(deployment);
      return { status: 201, body: render(call, deployment) };
    },
  },
  'repos/get-deployment': {
    permissions: read,
    handle: (call) => ({
      status: 200,
      body: render(call, byId(call.state.deployments, call.params.deployment_id)),
    }),
  },
  'repos/list-deployments': {
    permissions: read,
    handle: (call) => {
      const fields = ['sha', 'ref', 'task', 'environment'] as const;
      const matching = call.state.deployments.filter((deployment) =>
        fields.every((field) => [null, 'none', deployment[field]].includes(call.query.get(field))),
      );
      return { list: matching.reverse().map((deployment) => render(call, deployment)) };
    },
  },
  'repos/create-deployment-status': {
    permissions: write,
    handle: (call) => {
      const deployment = byId(call.state.deployments, call.params.deployment_id);
      const status = newStatus(call, deployment);
      if (status.state === 'success' && call.body.auto_inactive !== false) retireOthers(call, deployment);
      deployment.statuses.push(status);
      return { status: 201, body: renderStatus(call, deployment, status) };
    },
  },
  'repos/list-deployment-statuses': {
    permissions: read,
    handle: (call) => {
      const deployment = byId(call.state.deployments, call.params.deployment_id);
      return {
        list: [...deployment.statuses].reverse().map((status) => renderStatus(call, deployment, status)),
      };
    },
  },
};

/**
 * Unless `required_contexts` says otherwise, GitHub deploys only a commit whose every status and check is green; a
 * workflow that deploys is itself an unfinished check, which is why deployers send an empty list.
 */
function requireContexts(call: RouteCall, ref: string, sha: string): void {
  const required = call.body.required_contexts as readonly string[] | undefined;
  const states = new Map<string, string>();
  for (const status of call.state.statuses) if (status.sha === sha) states.set(status.context, status.state);
  for (const run of call.state.checkRuns)
    if (run.head_sha === sha) states.set(run.name, run.conclusion ?? 'pending');
  const wanted = required ?? [...states.keys()];
  if (wanted.some((context) => !['success', 'neutral', 'skipped'].includes(states.get(context) ?? ''))) {
    throw new Refusal(409, `Conflict: Commit status checks failed for ${ref}.`, {
      mistake: required === undefined,
    });
  }
}

function newStatus(call: RouteCall, deployment: Deployment): DeploymentStatus {
  const field = (name: string): string => String(call.body[name] ?? '');
  const description = field('description');
  if (description.length > descriptionLimit) {
    throw invalid(
      'DeploymentStatus',
      'description',
      `description is too long (maximum is ${descriptionLimit} characters)`,
    );
  }
  for (const name of ['environment_url', 'log_url', 'target_url']) {
    if (field(name) !== '' && !/^https?:\/\//.test(field(name))) {
      throw invalid('DeploymentStatus', name, `${name} must use http(s) scheme`);
    }
  }
  return {
    id: call.state.nextId(),
    state: field('state'),
    description,
    environment: field('environment') || deployment.environment,
    environment_url: field('environment_url'),
    log_url: field('log_url') || field('target_url'),
    created_at: call.now,
  };
}

/** Earlier deployments to the same environment become inactive, except transient and production ones. */
function retireOthers(call: RouteCall, deployment: Deployment): void {
  for (const other of call.state.deployments) {
    const same = other !== deployment && other.environment === deployment.environment;
    if (!same || other.transient_environment || other.production_environment) continue;
    const last = other.statuses.at(-1);
    if (last?.state !== 'success') continue;
    other.statuses.push({ ...last, id: call.state.nextId(), state: 'inactive', created_at: call.now });
  }
}

function render(call: RouteCall, deployment: Deployment): Json {
  const { statuses, created_at, environment, ...facts } = deployment;
  const url = `${call.repositoryUrl}/deployments/${deployment.id}`;
  return {
    ...facts,
    node_id: nodeId('Deployment', deployment.id),
    url,
    environment,
    original_environment: environment,
    creator: simpleUser(call.api, tokenUser),
    created_at,
    updated_at: statuses.at(-1)?.created_at ?? created_at,
    statuses_url: `${url}/statuses`,
    repository_url: call.repositoryUrl,
    performed_via_github_app: null,
  };
}

function renderStatus(call: RouteCall, deployment: Deployment, status: DeploymentStatus): Json {
  const deploymentUrl = `${call.repositoryUrl}/deployments/${deployment.id}`;
  return {
    ...status,
    node_id: nodeId('DeploymentStatus', status.id),
    url: `${deploymentUrl}/statuses/${status.id}`,
    creator: simpleUser(call.api, tokenUser),
    target_url: status.log_url,
    updated_at: status.created_at,
    deployment_url: deploymentUrl,
    repository_url: call.repositoryUrl,
    performed_via_github_app: null,
  };
}
