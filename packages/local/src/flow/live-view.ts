import { formatDuration } from '@fairway/action-kit';
import type { ActEvent, ActJob } from '../engine/act-log.js';

/** Lines of a failed job that are shown at once; the whole is in the run's log. */
const shown = 25;

/**
 * Follows a run: a line when a job begins and when it ends, and the end of what a failed job said.
 * @param write gets whole lines without their line break
 */
export function liveView(write: (line: string) => void): (event: ActEvent) => void {
  const said = new Map<ActJob, string[]>();
  return (event) => {
    if (event.kind === 'output') {
      const lines = said.get(event.job) ?? [];
      lines.push(event.line);
      said.set(event.job, lines.slice(-shown));
    } else if (event.kind === 'started') {
      said.set(event.job, []);
    } else if (event.kind === 'ended') {
      const lines = said.get(event.job) ?? [];
      said.delete(event.job);
      if (!event.job.calls || event.result === 'skipped') write(endLine(event.job));
      if (event.result === 'failure' && !event.job.calls) for (const line of lines) write(`      │ ${line}`);
    } else if (event.kind === 'engine' && event.level === 'error') {
      write(`      ${event.line}`);
    }
  };
}

function endLine(job: ActJob): string {
  if (job.result === 'skipped') return `  – ${job.name}: skipped`;
  const sign = job.result === 'success' ? '✓' : '✗';
  return `  ${sign} ${job.name.padEnd(52)} ${formatDuration(job.seconds * 1000).padStart(7)}`;
}
