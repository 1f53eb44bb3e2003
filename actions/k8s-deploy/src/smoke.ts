import { ActionError, formatDuration, info, messageOf } from '@fairway/action-kit';
import { pause } from '@fairway/exec-kit';
import { ApiError } from './cluster/api-error.js';
import type { KubeClient } from './cluster/client.js';
import { loginOf } from './login.js';
import type { SmokeTest } from './smoke-target.js';

export interface SmokeResult {
  readonly test: SmokeTest;
  readonly passed: boolean;
  /** `200 after 2 tries`, or what the last try gave. */
  readonly detail: string;
}

/** Between two tries of one test, in milliseconds. */
const BETWEEN_MS = 1_000;

/**
 * Runs the tests beside each other, each repeated until it passes or `timeoutMs` is over.
 * @throws ActionError 'interrupted': a test that was cut short says nothing about the release
 */
export async function runSmokeTests(
  tests: readonly SmokeTest[],
  client: KubeClient,
  namespace: string,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SmokeResult[]> {
  const results = await Promise.all(
    tests.map(async (test) => {
      const result = await repeat(test, () => attempt(test, client, namespace, timeoutMs), timeoutMs, signal);
      info(`${result.passed ? 'passed' : 'failed'}: ${test.label} (${result.detail})`);
      return result;
    }),
  );
  if (!signal.aborted || results.every(({ passed }) => passed)) return results;
  throw new ActionError('interrupted', 'The smoke tests were interrupted before their end.', {
    remedy: 'Run the job again: it finds the revision that was left half-way and carries on from there.',
  });
}

async function repeat(
  test: SmokeTest,
  once: () => Promise<Answer>,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<SmokeResult> {
  const began = performance.now();
  for (let tries = 1; ; tries++) {
    const { passed, said } = await once();
    const elapsedMs = performance.now() - began;
    const times = tries === 1 ? '1 try' : `${tries} tries`;
    if (passed) return { test, passed: true, detail: `${said} after ${times}` };
    if (elapsedMs + BETWEEN_MS > timeoutMs || signal.aborted) {
      return { test, passed: false, detail: `${said} after ${times} in ${formatDuration(elapsedMs)}` };
    }
    await pause(BETWEEN_MS, signal);
  }
}

interface Answer {
  readonly passed: boolean;
  readonly said: string;
}

/** One try. Redirects count as they come: a login page behind one is not the service. */
export async function attempt(
  test: SmokeTest,
  client: KubeClient,
  namespace: string,
  timeoutMs: number,
): Promise<Answer> {
  try {
    if (test.via === 'service') {
      const path = `/api/v1/namespaces/${namespace}/services/${test.service}:${test.port}/proxy${test.path}`;
      const answer = await client.connection.open({
        method: 'GET',
        path,
        accept: '*/*',
        doing: 'Smoke test',
        once: true,
        silenceMs: 10_000,
      });
      answer.resume();
      return { passed: true, said: `HTTP ${answer.statusCode}` };
    }
    const signal = AbortSignal.timeout(Math.min(timeoutMs, 10_000));
    const { address, authorization } = loginOf(test.url);
    const headers = authorization === '' ? {} : { authorization };
    const answer = await fetch(address, { redirect: 'manual', headers, signal });
    await answer.body?.cancel();
    return { passed: answer.ok, said: `HTTP ${answer.status}` };
  } catch (error) {
    if (error instanceof ApiError) return { passed: false, said: refusal(error) };
    const cause = error instanceof Error && error.cause ? ` (${messageOf(error.cause)})` : '';
    return { passed: false, said: `${messageOf(error)}${cause}` };
  }
}

/** The service's own answer, or the API server's where it has no pod to ask. */
function refusal(error: ApiError): string {
  const answer = error.message.replace(/^Smoke test: /, '').trim();
  const says = answer === '' || answer === `HTTP ${error.status}` ? '' : ` (${answer.slice(0, 200)})`;
  return `HTTP ${error.status}${says}`;
}
