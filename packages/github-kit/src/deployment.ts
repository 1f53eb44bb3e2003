import type { GitHub } from './open.js';

export interface DeploymentRequest {
  readonly owner: string;
  readonly repo: string;
  /** The commit that is deployed. */
  readonly ref: string;
  readonly environment: string;
  readonly production: boolean;
  readonly description?: string;
  /** Kept by GitHub with the deployment; JSON. */
  readonly payload?: Record<string, unknown>;
}

/**
 * Opens a deployment. Status checks are not asked for again (`required_contexts` is empty): this runs inside the
 * workflow whose own check would still be pending, and GitHub would answer 409.
 */
export async function createDeployment(github: GitHub, request: DeploymentRequest): Promise<number> {
  const { data } = await github.rest.repos.createDeployment({
    owner: request.owner,
    repo: request.repo,
    ref: request.ref,
    environment: request.environment,
    production_environment: request.production,
    auto_merge: false,
    required_contexts: [],
    description: (request.description ?? '').slice(0, 140),
    ...(request.payload && { payload: request.payload }),
  });
  if ('id' in data) return data.id;
  throw new Error(data.message ?? 'GitHub merged the default branch instead of creating a deployment');
}

export interface DeploymentState {
  readonly owner: string;
  readonly repo: string;
  readonly id: number;
  readonly state: 'in_progress' | 'success' | 'failure' | 'error' | 'inactive' | 'queued' | 'pending';
  readonly environmentUrl?: string;
  readonly logUrl?: string;
  readonly description?: string;
}

export async function setDeploymentStatus(github: GitHub, status: DeploymentState): Promise<void> {
  await github.rest.repos.createDeploymentStatus({
    owner: status.owner,
    repo: status.repo,
    deployment_id: status.id,
    state: status.state,
    description: (status.description ?? '').slice(0, 140),
    ...(isWebAddress(status.environmentUrl) && { environment_url: status.environmentUrl }),
    ...(isWebAddress(status.logUrl) && { log_url: status.logUrl }),
  });
}

/** GitHub refuses a status whose address has any other scheme; the status matters more than the link. */
function isWebAddress(url: string | undefined): url is string {
  return url !== undefined && /^https?:\/\//.test(url) && URL.canParse(url);
}

/**
 * Marks the deployments to an environment as inactive (its latest hundred): nothing answers at its address any more.
 * The environment itself stays listed, since only an administrator's token may delete one.
 */
export async function retireEnvironment(
  github: GitHub,
  where: {
    readonly owner: string;
    readonly repo: string;
    readonly environment: string;
    readonly logUrl?: string;
  },
): Promise<number> {
  const { owner, repo, environment, logUrl } = where;
  const { data } = await github.rest.repos.listDeployments({ owner, repo, environment, per_page: 100 });
  for (const { id } of data) {
    await setDeploymentStatus(github, { owner, repo, id, state: 'inactive', ...(logUrl && { logUrl }) });
  }
  return data.length;
}
