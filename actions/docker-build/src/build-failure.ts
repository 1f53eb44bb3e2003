import { ActionError } from '@fairway/action-kit';
import { type FailureCode, RULES } from './build-failure-rules.js';
import type { BuildTrace, Step } from './build-trace.js';

export interface BuildFailure {
  readonly code: FailureCode;
  /** It may pass by itself: waiting and trying again is worth it. */
  readonly transient: boolean;
  readonly message: string;
  readonly remedy: string;
  /** Line of the Dockerfile, from 1. */
  readonly line?: number;
  /** The step that failed, where one did. */
  readonly step?: Step;
}

/** buildx tells of a builder that does not answer as of a step that ran out of time. */
const CONNECTING = '[internal] waiting for connection';
const UNREACHABLE = RULES.find(({ code }) => code === 'builder-unreachable');

/** What ended the build, from buildx's last words and the steps that failed. Pure. */
export function explain(trace: BuildTrace): BuildFailure {
  const said = errorOf(trace);
  const step = failedStep(trace);
  const rule = step?.name.startsWith(CONNECTING)
    ? UNREACHABLE
    : RULES.find(({ pattern }) => pattern.test(said));
  const line = dockerfileLine(trace.messages, said);
  const where = step?.name ? ` in ${step.name.slice(0, 200)}` : '';
  return {
    code: rule?.code ?? 'build-failed',
    // A failed RUN is never tried again, whatever words stand in its output.
    transient: rule?.transient ?? false,
    message: `${rule?.cause ?? 'The build failed'}${where}: ${shorten(said)}`,
    remedy: rule?.remedy ?? 'The last lines above are BuildKit’s own account.',
    ...(line !== undefined && { line }),
    ...(step && { step }),
  };
}

export function toError(failure: BuildFailure): ActionError {
  return new ActionError(failure.code, failure.message, { remedy: failure.remedy });
}

/** buildx ends with one `ERROR: …`, which may go on over further lines. */
function errorOf(trace: BuildTrace): string {
  const at = trace.messages.findLastIndex((line) => /^ERROR: /i.test(line));
  if (at >= 0) {
    const text = trace.messages.slice(at, at + 3).join(' ');
    return text
      .replace(/^ERROR: /i, '')
      .replace(/^(?:failed to (?:build|solve): )+/, '')
      .trim();
  }
  return (
    failedStep(trace)?.error ||
    trace.messages.filter((line) => line.trim() !== '').at(-1) ||
    'no reason was given'
  );
}

/** The step that broke, not those that were stopped because of it. */
function failedStep(trace: BuildTrace): Step | undefined {
  return [...trace.steps.values()].find(
    ({ error, name }) =>
      error !== '' && !/context canceled/i.test(error) && !name.startsWith('importing cache manifest'),
  );
}

/**
 * The line of the Dockerfile that BuildKit blames: it prints the lines around it, those blamed marked with `>>>`; a
 * parse error names the line in words.
 */
function dockerfileLine(messages: readonly string[], said: string): number | undefined {
  const marked = messages
    .map((line) => /^\s*(\d+)\s*\|\s*>>>/.exec(line)?.[1])
    .find((found) => found !== undefined);
  const number = Number(marked ?? /parse error on line (\d+)/.exec(said)?.[1]);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

function shorten(text: string): string {
  return text.length > 600 ? `${text.slice(0, 600)}…` : text;
}
