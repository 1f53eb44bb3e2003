import { ActionError } from '@fairway/action-kit';
import type { Answer } from './client.js';

/** @throws ActionError for any status but the one expected */
export function refuseUnless(answer: Answer, status: number, doing: string): void {
  if (answer.status === status) return;
  if (answer.status === 401 || answer.status === 403) throw denied(answer, doing);
  throw new ActionError(
    'registry-refused',
    `The registry answered ${answer.status} to ${doing}${reason(answer.body)}.`,
    {
      remedy: 'The code in brackets is the registry’s own. A 5xx or 429 passes by itself: run the job again.',
    },
  );
}

/** What the login does not allow. */
export function denied(answer: Answer, doing: string): ActionError {
  return new ActionError(
    'registry-denied',
    `The registry refused ${doing} with ${answer.status}${reason(answer.body)}.`,
    {
      remedy:
        'Check username and password; for ghcr.io the job needs  permissions: packages: write  and  password: ${{ github.token }}, and the package must grant this repository access.',
    },
  );
}

/** ` (DENIED: requested access …)`, from the error body that the specification describes. */
function reason(body: string): string {
  try {
    const [first] = (JSON.parse(body) as { errors?: { code?: unknown; message?: unknown }[] }).errors ?? [];
    return first ? ` (${String(first.code).slice(0, 60)}: ${String(first.message).slice(0, 200)})` : '';
  } catch {
    return '';
  }
}
