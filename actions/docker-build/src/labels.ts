import type { Context } from '@fairway/action-kit';

/**
 * The labels every image gets, from the run it was built in. Source: OCI image specification, annotations.md,
 * "Pre-Defined Annotation Keys". `own` labels come after and win.
 * @param created seconds since 1970 of the commit, so that a second build of it gives the same image
 */
export function ociLabels(
  context: Context,
  version: string,
  created: number | undefined,
  own: ReadonlyMap<string, string>,
): Map<string, string> {
  const repository = record(record(context.event).repository);
  const source = context.repository === '' ? '' : `${context.serverUrl}/${context.repository}`;
  const known: Record<string, string> = {
    title: context.repo,
    description: text(repository.description),
    url: source,
    source,
    version,
    revision: context.sha,
    licenses: licence(record(repository.license).spdx_id),
    created: created === undefined ? '' : new Date(created * 1000).toISOString().replace('.000Z', 'Z'),
  };
  const labels = new Map(
    Object.entries(known)
      .filter(([, value]) => value !== '')
      .map(([key, value]) => [`org.opencontainers.image.${key}`, value]),
  );
  for (const [key, value] of own) labels.set(key, value);
  return labels;
}

/** Seconds since 1970 of the commit that the event tells of; undefined where it tells of none (schedules, tags by hand). */
export function commitTime(event: unknown): number | undefined {
  const time = Date.parse(text(record(record(event).head_commit).timestamp));
  return Number.isNaN(time) ? undefined : Math.floor(time / 1000);
}

function licence(value: unknown): string {
  return text(value) === 'NOASSERTION' ? '' : text(value);
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function text(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : '';
}
