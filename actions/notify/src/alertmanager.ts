import type { Notification } from './notification.js';

/** An alert as `POST /api/v2/alerts` takes it. Source: prometheus/alertmanager, api/v2/openapi.yaml, postableAlert. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt?: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

/**
 * The alert that a failure opens and the next success resolves; none for what was cancelled or skipped, which says
 * nothing about whether it works. Alertmanager knows an alert by its labels, so these hold only what is the same for
 * every run; what differs from run to run is in the annotations.
 * @param duration milliseconds after which an alert that nothing resolves ends by itself
 */
export function alertFor(notification: Notification, duration: number): Alert | undefined {
  const { status, at } = notification;
  if (status !== 'failure' && status !== 'success') return undefined;
  return {
    labels: labelsOf(notification),
    annotations: status === 'failure' ? annotationsOf(notification) : {},
    // With an end and no start, an alert starts at its end: right for a resolution, wrong for a failure.
    ...(status === 'failure' && { startsAt: at.toISOString() }),
    endsAt: new Date(at.getTime() + (status === 'failure' ? duration : 0)).toISOString(),
    ...(/^https?:/.test(notification.runUrl) && { generatorURL: notification.runUrl }),
  };
}

function labelsOf(notification: Notification): Record<string, string> {
  return filled({
    alertname: 'PipelineFailed',
    severity: 'warning',
    repository: notification.repository,
    workflow: notification.workflow,
    branch: notification.branch,
    pull_request: notification.pullRequest === undefined ? '' : String(notification.pullRequest.number),
    environment: notification.environment,
    ...notification.labels,
    dedup_key: notification.dedupKey,
  });
}

function annotationsOf(notification: Notification): Record<string, string> {
  return filled({
    summary: `${notification.title} failed`,
    description: notification.message,
    run: notification.runUrl,
    commit: notification.commit,
    image: notification.image,
    url: notification.url,
  });
}

/** Without empty values: to Alertmanager an empty label is no label. */
function filled(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** The endpoint, from the address of the server, which may lie below a path. */
export function alertsEndpoint(server: URL): URL {
  const url = new URL(server);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith('/api/v2/alerts') ? path : `${path.replace(/\/api\/v2$/, '')}/api/v2/alerts`;
  return url;
}
