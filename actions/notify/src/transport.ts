import type { IncomingMessage } from 'node:http';
import type { Answer, Message } from './message.js';

/** Characters kept of an answer's body: enough for any error, too few for an endless one to harm. */
const MOST_OF_A_BODY = 16 * 1024;

/**
 * Posts one message, once. The client is GitHub's own, which goes through a proxy where HTTPS_PROXY, HTTP_PROXY and
 * NO_PROXY say so; it is loaded here because the HTTP stack costs more to load than all else. Redirects are not
 * followed: what is sent, and the credentials with it, is for the address that was given.
 * @param timeout milliseconds for the whole exchange
 * @returns the answer, also where only the beginning of its body came in time: the receiver has the message by then, and
 *   would get it twice if it were sent again
 * @throws an Error without an answer; its text may hold the address, so it is never shown
 */
export async function post(message: Message, timeout: number): Promise<Answer> {
  const { HttpClient } = await import('@actions/http-client');
  const client = new HttpClient('fairway-notify', [], {
    allowRedirects: false,
    allowRetries: false,
    keepAlive: false,
    socketTimeout: timeout,
  });
  const opened = new AbortController();
  const heard: Heard = { body: '' };
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(Object.assign(new Error('late'), { code: 'ETIMEDOUT' })), timeout);
  });
  try {
    await Promise.race([exchange(client, message, heard, opened.signal), late]);
    return answerOf(heard);
  } catch (error) {
    if (heard.head === undefined) throw error;
    return answerOf(heard);
  } finally {
    clearTimeout(timer);
    opened.abort();
    client.dispose();
  }
}

type Client = InstanceType<typeof import('@actions/http-client').HttpClient>;

/** What has come of an answer so far. */
interface Heard {
  head?: IncomingMessage;
  body: string;
}

async function exchange(client: Client, message: Message, heard: Heard, end: AbortSignal): Promise<void> {
  const response = await client.post(message.url.href, message.body, { ...message.headers });
  heard.head = response.message;
  // A body that never ends must not keep this process alive.
  end.addEventListener('abort', () => response.message.destroy());
  for await (const chunk of response.message.setEncoding('utf8')) {
    heard.body += chunk;
    if (heard.body.length > MOST_OF_A_BODY) break;
  }
}

function answerOf({ head, body }: Heard): Answer {
  const headers = head?.headers ?? {};
  const retryAfter = waitAsked(headers['retry-after'], Date.now());
  return {
    status: head?.statusCode ?? 0,
    contentType: headers['content-type'] ?? '',
    body: body.slice(0, MOST_OF_A_BODY),
    ...(retryAfter !== undefined && { retryAfter }),
  };
}

/** Milliseconds from a Retry-After header: seconds or a date. Source: RFC 9110, 10.2.3. */
export function waitAsked(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d+$/.test(header.trim())) return Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
