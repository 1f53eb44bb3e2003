import type { OutgoingHttpHeaders } from 'node:http';
import { HttpClient } from '@actions/http-client';
import { ActionError, messageOf } from '@fairway/action-kit';
import { readBody } from '@fairway/action-kit/body';
import { pause } from '@fairway/exec-kit';

export interface Question {
  /** Whose service it is, for what is said of a failure. */
  readonly who: string;
  readonly url: string;
  readonly headers: OutgoingHttpHeaders;
  readonly body: string;
  /** What to look at where it is refused. */
  readonly remedy: string;
}

/** Answers of these services are some kilobytes. */
const BODY_BYTES = 1024 * 1024;
const WAIT_MS = 1000;

/**
 * Asks a service for a credential. Asks again, `retries` times, where the failure may pass (429, 5xx, no connection).
 * What was sent is told to nobody: it holds a token.
 *
 * @returns the answer's body
 * @throws ActionError 'login-refused', with the service's own words, or 'login-unreachable'
 */
export async function askTokenService(question: Question, retries: number): Promise<string> {
  const http = new HttpClient('fairway-docker-build', [], { allowRetries: false, allowRedirects: false });
  try {
    for (let attempt = 1; ; attempt++) {
      const answer = await post(http, question).catch((cause: unknown) => unreachable(question, cause));
      if (!(answer instanceof ActionError) && answer.status === 200) return answer.body;
      const passing = answer instanceof ActionError || answer.status === 429 || answer.status >= 500;
      if (!passing || attempt > retries) {
        throw answer instanceof ActionError ? answer : refused(question, answer.status, answer.body);
      }
      await pause(WAIT_MS * 2 ** (attempt - 1) * (0.5 + Math.random()));
    }
  } finally {
    http.dispose();
  }
}

async function post(http: HttpClient, { url, headers, body }: Question) {
  const { message } = await http.post(url, body, headers);
  return { status: message.statusCode ?? 0, body: (await readBody(message, BODY_BYTES)).toString('utf8') };
}

function refused({ who, remedy }: Question, status: number, body: string): ActionError {
  return new ActionError(
    'login-refused',
    `${who} refused this job’s identity with ${status}: ${said(body)}`,
    {
      remedy,
    },
  );
}

/** The message in an answer, whichever of the services’ formats it has. */
export function said(body: string): string {
  const xml = /<Message>([^<]*)<\/Message>/.exec(body)?.[1];
  if (xml !== undefined) return xml.slice(0, 300);
  try {
    const answer = JSON.parse(body) as Record<string, unknown>;
    const nested = answer.error as { message?: unknown } | undefined;
    const [first] = Array.isArray(answer.errors) ? (answer.errors as { message?: unknown }[]) : [];
    const text = [answer.error_description, nested?.message, answer.message, first?.message, answer.error];
    return String(text.find((one) => typeof one === 'string' && one !== '') ?? 'no reason given')
      .split(/[\r\n]/, 1)
      .join()
      .slice(0, 300);
  } catch {
    return 'no reason given';
  }
}

function unreachable({ who, url }: Question, cause: unknown): ActionError {
  return new ActionError(
    'login-unreachable',
    `${who} cannot be reached at ${new URL(url).host}: ${messageOf(cause)}`,
    {
      remedy: 'Run the job again. A runner behind a proxy needs HTTPS_PROXY in its environment.',
      cause,
    },
  );
}

/** The member of a JSON answer that is a text. */
export function textIn(body: string, who: string, ...path: readonly (string | number)[]): string {
  let value: unknown;
  try {
    value = path.reduce<unknown>(
      (tree, key) => (tree as Record<string | number, unknown> | undefined)?.[key],
      JSON.parse(body),
    );
  } catch {
    value = undefined;
  }
  if (typeof value === 'string' && value !== '') return value;
  throw withoutField(who, path.join('.'));
}

export function withoutField(who: string, field: string): ActionError {
  return new ActionError('login-refused', `${who} answered without ${field}.`, {
    remedy: 'Run the job again. If it stays, a proxy between may have answered in its place.',
  });
}
