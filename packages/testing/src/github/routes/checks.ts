import type { Annotation, CheckRun } from '../records.js';
import { byId, invalid, type Json, notFound, type RouteCall, type Routes, requireCommit } from '../route.js';
import { actionsApp, nodeId } from '../shapes.js';

/** Bytes of an annotation's message or details, and characters of its title. */
const annotationMessageLimit = 64 * 1024;
const annotationTitleLimit = 255;
const write = ['checks:write'];
const read = ['checks:read'];

export const checkRoutes: Routes = {
  'checks/create': {
    permissions: write,
    handle: (call) => {
      const headSha = String(call.body.head_sha);
      requireCommit(call.state, headSha);
      const run: CheckRun = {
        id: call.state.nextId(),
        name: String(call.body.name),
        head_sha: headSha,
        status: 'queued',
        conclusion: null,
        details_url: `${call.webUrl}/runs/${call.state.nextId()}`,
        external_id: '',
        started_at: call.now,
        completed_at: null,
        title: null,
        summary: null,
        text: null,
        annotations: [],
      };
      apply(call, run);
      call.state.checkRuns.push(run);
      return { status: 201, body: render(call, run) };
    },
  },
  'checks/update': {
    permissions: write,
    handle: (call) => {
      const run = byId(call.state.checkRuns, call.params.check_run_id);
      apply(call, run);
      return { status: 200, body: render(call, run) };
    },
  },
  'checks/get': {
    permissions: read,
    handle: (call) => ({
      status: 200,
      body: render(call, byId(call.state.checkRuns, call.params.check_run_id)),
    }),
  },
  'checks/list-annotations': {
    permissions: read,
    handle: (call) => {
      const run = byId(call.state.checkRuns, call.params.check_run_id);
      return { list: run.annotations.map((annotation) => renderAnnotation(call, run, annotation)) };
    },
  },
  'checks/list-for-ref': {
    permissions: read,
    handle: (call) => {
      const sha = call.state.resolve(call.params.ref ?? '');
      if (sha === undefined) throw notFound();
      const name = call.query.get('check_name');
      const status = call.query.get('status');
      const matching = call.state.checkRuns
        .filter((run) => run.head_sha === sha)
        .filter((run) => (name === null || run.name === name) && (status === null || run.status === status));
      const runs = call.query.get('filter') === 'all' ? matching : latestByName(matching);
      return {
        list: runs.map((run) => render(call, run)),
        wrap: (page, total) => ({ total_count: total, check_runs: page }),
      };
    },
  },
};

/** Lays a create or update body over a run; nothing is changed when it is refused. */
function apply(call: RouteCall, run: CheckRun): void {
  const { body } = call;
  const output = (body.output ?? {}) as {
    title?: string;
    summary?: string;
    text?: string;
    annotations?: Annotation[];
  };
  for (const annotation of output.annotations ?? []) requireAnnotation(annotation);
  const completed = body.status === 'completed' || body.completed_at !== undefined;
  if (completed && body.conclusion === undefined && run.conclusion === null) {
    throw invalid('CheckRun', 'conclusion', 'conclusion is required when the status is completed');
  }
  run.name = text(body.name) ?? run.name;
  run.details_url = text(body.details_url) ?? run.details_url;
  run.external_id = text(body.external_id) ?? run.external_id;
  run.started_at = text(body.started_at) ?? run.started_at;
  run.status = text(body.status) ?? run.status;
  const conclusion = text(body.conclusion);
  if (conclusion !== undefined || completed) {
    run.status = 'completed';
    run.conclusion = conclusion ?? run.conclusion;
    run.completed_at = text(body.completed_at) ?? call.now;
  } else if (run.status !== 'completed') {
    run.conclusion = null;
    run.completed_at = null;
  }
  run.title = output.title ?? run.title;
  run.summary = output.summary ?? run.summary;
  run.text = output.text ?? run.text;
  run.annotations.push(...(output.annotations ?? []));
}

/** Rules that GitHub's documentation states in words and its description does not. */
function requireAnnotation(annotation: Annotation): void {
  const columns = annotation.start_column !== undefined || annotation.end_column !== undefined;
  if (columns && annotation.start_line !== annotation.end_line) {
    throw invalid(
      'CheckRun',
      'annotations',
      'columns are allowed only when start_line and end_line are the same',
    );
  }
  if (annotation.start_line < 1 || annotation.end_line < annotation.start_line) {
    throw invalid(
      'CheckRun',
      'annotations',
      `lines ${annotation.start_line} to ${annotation.end_line} are not valid`,
    );
  }
  for (const content of [annotation.message, annotation.raw_details ?? '']) {
    if (Buffer.byteLength(content) > annotationMessageLimit) {
      throw invalid('CheckRun', 'annotations', 'message and raw_details are limited to 64 KB');
    }
  }
  if (annotation.title !== undefined && annotation.title.length > annotationTitleLimit) {
    throw invalid('CheckRun', 'annotations', `title is limited to ${annotationTitleLimit} characters`);
  }
}

function latestByName(runs: readonly CheckRun[]): CheckRun[] {
  return [...new Map(runs.map((run) => [run.name, run])).values()];
}

function render(call: RouteCall, run: CheckRun): Json {
  const url = `${call.repositoryUrl}/check-runs/${run.id}`;
  return {
    id: run.id,
    node_id: nodeId('CheckRun', run.id),
    head_sha: run.head_sha,
    external_id: run.external_id,
    url,
    html_url: `${call.webUrl}/runs/${run.id}`,
    details_url: run.details_url,
    status: run.status,
    conclusion: run.conclusion,
    started_at: run.started_at,
    completed_at: run.completed_at,
    output: {
      title: run.title,
      summary: run.summary,
      text: run.text,
      annotations_count: run.annotations.length,
      annotations_url: `${url}/annotations`,
    },
    name: run.name,
    check_suite: { id: 5 },
    app: actionsApp(call.api),
    pull_requests: [],
  };
}

function renderAnnotation(call: RouteCall, run: CheckRun, annotation: Annotation): Json {
  return {
    path: annotation.path,
    blob_href: `${call.repositoryUrl}/contents/${annotation.path}?ref=${run.head_sha}`,
    start_line: annotation.start_line,
    end_line: annotation.end_line,
    start_column: annotation.start_column ?? null,
    end_column: annotation.end_column ?? null,
    annotation_level: annotation.annotation_level,
    title: annotation.title ?? null,
    message: annotation.message,
    raw_details: annotation.raw_details ?? null,
  };
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
