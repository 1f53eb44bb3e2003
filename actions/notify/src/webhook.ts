import { createHmac, randomUUID } from 'node:crypto';
import type { Notification } from './notification.js';

/** What a receiver of one's own gets. Fields are only ever added to version 1. */
export function webhookPayload(notification: Notification): Readonly<Record<string, unknown>> {
  const { runId, runAttempt, runUrl, at, ...rest } = notification;
  return {
    version: 1,
    ...rest,
    run: { id: runId, attempt: runAttempt, url: runUrl },
    at: at.toISOString(),
  };
}

/**
 * The headers by which a receiver can tell that a body came from who knows the secret, that nobody changed it, and
 * when: `X-Fairway-Signature: t=SECONDS,v1=HEX`, HEX being the HMAC-SHA256 of `SECONDS.BODY`. The delivery's id stays
 * the same when a delivery is tried again.
 */
export function webhookHeaders(body: string, secret: string, at: Date): Record<string, string> {
  const id = { 'x-fairway-delivery': randomUUID() };
  if (secret === '') return id;
  const seconds = Math.floor(at.getTime() / 1000);
  return { ...id, 'x-fairway-signature': `t=${seconds},v1=${signature(secret, seconds, body)}` };
}

/** 64 hexadecimal digits. */
export function signature(secret: string, seconds: number, body: string): string {
  return createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
}
