import { HttpClient } from '@actions/http-client';
import { ActionError, debug, messageOf } from '@fairway/action-kit';
import { readBody } from '@fairway/action-kit/body';
import { pause } from '@fairway/exec-kit';

export interface ServiceAnswer {
  readonly status: number;
  readonly body: Buffer;
  readonly location: string;
}

const ATTEMPTS = 4;
/** Bytes of an answer: a certificate chain or a log entry, with room. */
const LONGEST_ANSWER = 4 * 1024 * 1024;

/**
 * Posts JSON to a service of Sigstore. What may pass (429, 5xx, a broken connection) is tried again.
 * @param accept the type of the answer, and only that: asked for JSON too, the timestamp authority answers 500
 * @throws ActionError 'sigstore-unreachable' or 'sigstore-refused', with the service's own words
 */
export async function postTo(
  name: string,
  url: string,
  body: unknown,
  accept = 'application/json',
): Promise<ServiceAnswer> {
  const text = JSON.stringify(body);
  const headers = { 'content-type': 'application/json', accept };
  return asked(name, (http) => http.request('POST', url, text, headers));
}

/** Asks again for what was made before. */
export async function getFrom(name: string, url: string): Promise<ServiceAnswer> {
  return asked(name, (http) => http.request('GET', url, '', { accept: 'application/json' }));
}

async function asked(
  name: string,
  send: (http: HttpClient) => ReturnType<HttpClient['request']>,
): Promise<ServiceAnswer> {
  const http = new HttpClient('fairway', [], {
    socketTimeout: 60_000,
    allowRetries: false,
    allowRedirects: false,
  });
  for (let attempt = 1; ; attempt++) {
    const answer = await once(http, send).catch(
      (error: unknown) => new Error(messageOf(error), { cause: error }),
    );
    const problem = answer instanceof Error ? answer.message : `it answered ${answer.status}`;
    if (!(answer instanceof Error) && answer.status < 500 && answer.status !== 429)
      return judged(name, answer);
    if (attempt === ATTEMPTS) {
      throw new ActionError('sigstore-unreachable', `${name} cannot be used: ${problem}.`, {
        remedy:
          'Run the job again. If it stays, see https://status.sigstore.dev, or what a proxy lets through.',
      });
    }
    debug(`${name}: ${problem}; again`);
    await pause(500 * 2 ** (attempt - 1) * (0.5 + Math.random()));
  }
}

async function once(
  http: HttpClient,
  send: (http: HttpClient) => ReturnType<HttpClient['request']>,
): Promise<ServiceAnswer> {
  const { message } = await send(http);
  const location = message.headers.location ?? '';
  return { status: message.statusCode ?? 0, body: await readBody(message, LONGEST_ANSWER), location };
}

function judged(name: string, answer: ServiceAnswer): ServiceAnswer {
  if ((answer.status >= 200 && answer.status < 300) || answer.status === 409) return answer;
  const words = answer.body.toString('utf8').replace(/\s+/g, ' ').slice(0, 300);
  throw new ActionError('sigstore-refused', `${name} answered ${answer.status}: ${words}`, {
    remedy:
      'A 400 or 401 of the certificate authority mostly means that it does not know who issued this job’s identity: a private Sigstore must list https://token.actions.githubusercontent.com with the type github-workflow.',
  });
}
