import { exampleAnswer, findOperation } from '../description.js';
import type { Job, Run, RunArtifact } from '../records.js';
import { byId, type Json, notFound, Refusal, type RouteCall, type Routes } from '../route.js';
import { nodeId } from '../shapes.js';
import { adopt, minimalRepository } from './repository.js';

const read = ['actions:read'];
const dayMs = 86_400_000;

export const runRoutes: Routes = {
  'actions/get-workflow-run': {
    permissions: read,
    handle: (call) => ({ status: 200, body: renderRun(call, requireRun(call)) }),
  },
  'actions/list-jobs-for-workflow-run': {
    permissions: read,
    handle: (call) => {
      const run = requireRun(call);
      const all = call.query.get('filter') === 'all';
      return jobList(call, run, (job) => all || (job.attempt ?? 1) === (run.attempt ?? 1));
    },
  },
  'actions/list-jobs-for-workflow-run-attempt': {
    permissions: read,
    handle: (call) =>
      jobList(call, requireRun(call), (job) => (job.attempt ?? 1) === Number(call.params.attempt_number)),
  },
  'actions/list-workflow-run-artifacts': {
    permissions: read,
    handle: (call) => {
      const run = requireRun(call);
      const name = call.query.get('name');
      const artifacts = run.artifacts
        .map((artifact, index) => renderArtifact(call, run, artifact, index))
        .filter((artifact) => name === null || artifact.name === name);
      return { list: artifacts, wrap: (page, total) => ({ total_count: total, artifacts: page }) };
    },
  },
  'actions/download-artifact': {
    permissions: read,
    handle: (call) => {
      const id = Number(call.params.artifact_id);
      for (const run of call.state.runs) {
        const artifact = run.artifacts.find((_, index) => artifactId(run, index) === id);
        if (artifact?.url) return { status: 302, headers: { location: artifact.url } };
      }
      throw new Refusal(410, 'Artifact has expired');
    },
  },
};

function requireRun(call: RouteCall): Run {
  return byId(call.state.runs, call.params.run_id);
}

function jobList(
  call: RouteCall,
  run: Run,
  wanted: (job: Job) => boolean,
): { list: Json[]; wrap: (page: readonly unknown[], total: number) => unknown } {
  const jobs = run.jobs
    .map((job, index) => ({ job, id: run.id * 1000 + index }))
    .filter(({ job }) => wanted(job));
  if (jobs.length === 0 && call.params.attempt_number !== undefined) throw notFound();
  return {
    list: jobs.map(({ job, id }) => renderJob(call, run, job, id)),
    wrap: (page, total) => ({ total_count: total, jobs: page }),
  };
}

function renderJob(call: RouteCall, run: Run, job: Job, id: number): Json {
  const started = job.startedAt ?? call.now;
  const status = job.status ?? 'completed';
  return {
    id,
    node_id: nodeId('CheckRun', id),
    run_id: run.id,
    run_url: `${call.repositoryUrl}/actions/runs/${run.id}`,
    run_attempt: job.attempt ?? 1,
    workflow_name: run.workflow,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    url: `${call.repositoryUrl}/actions/jobs/${id}`,
    html_url: `${call.webUrl}/actions/runs/${run.id}/job/${id}`,
    check_run_url: `${call.repositoryUrl}/check-runs/${id}`,
    name: job.name,
    status,
    conclusion: status === 'completed' ? (job.conclusion ?? 'success') : null,
    created_at: started,
    started_at: started,
    completed_at: status === 'completed' ? (job.completedAt ?? call.now) : null,
    steps: (job.steps ?? []).map((step, index) => ({
      name: step.name,
      status: step.conclusion === null ? 'in_progress' : 'completed',
      conclusion: step.conclusion,
      number: index + 1,
      started_at: step.startedAt ?? started,
      completed_at: step.completedAt ?? null,
    })),
    labels: ['ubuntu-latest'],
    runner_id: 1,
    runner_name: 'loopback',
    runner_group_id: 0,
    runner_group_name: 'GitHub Actions',
  };
}

function renderRun(call: RouteCall, run: Run): Json {
  const operation = findOperation('get', '/repos/o/r/actions/runs/1')?.operation;
  const example = operation ? adopt(call, exampleAnswer(operation, 200) as Json) : {};
  const url = `${call.repositoryUrl}/actions/runs/${run.id}`;
  return {
    ...example,
    id: run.id,
    node_id: nodeId('WorkflowRun', run.id),
    name: run.workflow,
    display_title: run.workflow,
    path: `.github/workflows/${run.workflow}.yml`,
    head_branch: run.headBranch,
    head_sha: run.headSha,
    event: run.event,
    status: run.status,
    conclusion: run.conclusion,
    run_attempt: run.attempt ?? 1,
    url,
    html_url: `${call.webUrl}/actions/runs/${run.id}`,
    jobs_url: `${url}/jobs`,
    logs_url: `${url}/logs`,
    artifacts_url: `${url}/artifacts`,
    pull_requests: [],
    repository: minimalRepository(call),
    head_repository: minimalRepository(call),
  };
}

function artifactId(run: Run, index: number): number {
  return run.id * 1000 + index;
}

function renderArtifact(call: RouteCall, run: Run, artifact: RunArtifact, index: number): Json {
  const id = artifactId(run, index);
  const url = `${call.repositoryUrl}/actions/artifacts/${id}`;
  const created = artifact.createdAt ?? call.now;
  return {
    id,
    node_id: nodeId('Artifact', id),
    name: artifact.name,
    size_in_bytes: artifact.size,
    url,
    archive_download_url: `${url}/zip`,
    expired: false,
    digest: artifact.digest ?? null,
    created_at: created,
    updated_at: created,
    expires_at: new Date(Date.parse(created) + 90 * dayMs).toISOString(),
    workflow_run: {
      id: run.id,
      repository_id: 1296269,
      head_repository_id: 1296269,
      head_branch: run.headBranch,
      head_sha: run.headSha,
    },
  };
}
