import { ActionError } from '@fairway/action-kit';

/** An artifact that is not what an upload makes. */
export function badArtifact(what: string, cause?: unknown): ActionError {
  return new ActionError('bad-artifact', `The artifact was not unpacked: ${what}.`, {
    remedy:
      'Look at what the job that uploads it puts into it. On a pull request from a fork, do not trust it.',
    cause,
  });
}
