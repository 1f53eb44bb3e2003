import { formatDuration, info } from '@fairway/action-kit';
import { durationOf, isInternal, type Step, type TraceEvent } from './build-trace.js';

/** A build as one reads it while it runs: each line carries its step's number, for steps run beside each other. */
export function logLine(event: TraceEvent): string | undefined {
  switch (event.kind) {
    case 'started':
      return event.step.cached || isInternal(event.step)
        ? undefined
        : `#${event.step.number} ${event.step.name}`;
    case 'output':
      return `#${event.step.number} │ ${event.line}`;
    case 'completed':
      return completedLine(event.step);
    case 'warning':
      return undefined; // shown as an annotation
    case 'message':
      return event.line.trim() === '' ? undefined : event.line;
  }
}

/** Milliseconds from which BuildKit's housekeeping is worth a line. */
const NOTABLE_MS = 1000;

function completedLine(step: Step): string | undefined {
  if (step.cached) return `#${step.number} ${step.name} · cached`;
  if (isMissingCache(step)) return `#${step.number} no such cache yet`;
  if (step.error !== '') return `#${step.number} ✗ ${step.error}`;
  if (isInternal(step)) {
    return durationOf(step) < NOTABLE_MS
      ? undefined
      : `#${step.number} ${step.name} ✓ ${formatDuration(durationOf(step))}`;
  }
  return `#${step.number} ✓ ${formatDuration(durationOf(step))}`;
}

/** A first build finds no cache. That is no error, though BuildKit words it as one. */
export function isMissingCache(step: { readonly name: string; readonly error: string }): boolean {
  return step.name.startsWith('importing cache manifest') && /not found/i.test(step.error);
}

export function show(events: readonly TraceEvent[]): void {
  for (const event of events) {
    const line = logLine(event);
    if (line !== undefined) info(line);
  }
}
