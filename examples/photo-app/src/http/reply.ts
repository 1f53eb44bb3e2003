import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { Refusal } from '../refusal.ts';
import type { StoredObject } from '../storage/storage.ts';

/** What a handler decided to answer; `send` carries it out. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer | StoredObject;
}

/** Nothing may be loaded from elsewhere, framed, or guessed to be another type. */
const always = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy':
    "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: `${JSON.stringify(value)}\n`,
  };
}

export function html(status: number, page: string, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store', ...headers },
    body: page,
  };
}

export function text(status: number, line: string): Reply {
  return {
    status,
    headers: { 'content-type': 'text/plain; charset=utf-8', 'cache-control': 'no-store' },
    body: `${line}\n`,
  };
}

export function seeOther(location: string): Reply {
  return { status: 303, headers: { location }, body: '' };
}

export function noContent(): Reply {
  return { status: 204, headers: {}, body: '' };
}

/** A picture never changes under its id; it can be deleted, so it is kept for an hour only. */
export function picture(contentType: string, stored: StoredObject): Reply {
  return {
    status: 200,
    headers: {
      'content-type': contentType,
      'cache-control': 'public, max-age=3600',
      'content-security-policy': "default-src 'none'; sandbox",
      'content-disposition': 'inline',
    },
    body: stored,
  };
}

export function refuse(refusal: Refusal): Reply {
  return json(refusal.status, { error: { code: refusal.code, message: refusal.message } }, refusal.headers);
}

export async function send(request: IncomingMessage, response: ServerResponse, reply: Reply): Promise<void> {
  const streamed = typeof reply.body === 'object' && 'size' in reply.body ? reply.body : undefined;
  const whole = streamed ? undefined : Buffer.from(reply.body as string | Buffer);
  const length = streamed?.size ?? whole?.length ?? 0;
  response.writeHead(reply.status, {
    ...always,
    ...(reply.status === 204 ? {} : { 'content-length': String(length) }),
    ...reply.headers,
  });
  if (streamed && request.method !== 'HEAD') {
    await pipeline(streamed.body, response);
    return;
  }
  streamed?.body.destroy();
  response.end(request.method === 'HEAD' ? undefined : whole);
}
