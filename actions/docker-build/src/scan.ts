import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { outcome, run } from '@fairway/exec-kit';
import { NO_IDENTITY } from './plan.js';

/**
 * Runs the workflow author's command over the built image, as `run:` would: bash, ending at the first failure. The
 * image is handed over in the environment, never inside the command.
 * @throws ActionError 'scan-failed'
 */
export async function scan(
  command: string,
  image: { readonly layout: string; readonly digest: string; readonly name: string },
  how: { readonly folder: string; readonly workspace: string; readonly timeoutMs: number },
): Promise<void> {
  const script = join(how.folder, 'scan.sh');
  await writeFile(script, command, { mode: 0o600 });
  const result = await run('bash', ['--noprofile', '--norc', '-eo', 'pipefail', script], {
    commands: 'allow', // as in a `run:` step: it is the workflow's own script
    cwd: how.workspace,
    title: 'scan-command',
    timeoutMs: how.timeoutMs,
    env: {
      IMAGE_LAYOUT: image.layout,
      IMAGE_DIGEST: image.digest,
      IMAGE_NAME: image.name,
      // A `run:` step would have these, in a job with an identity; here it is for the registry.
      ...NO_IDENTITY,
    },
  });
  if (result.exitCode === 0 && !result.timedOut) return;
  throw new ActionError(
    'scan-failed',
    `The scan of ${image.digest} ${outcome(result)}; the image was not pushed.`,
    {
      remedy:
        'Mend what the scan reports above. The image is at $IMAGE_LAYOUT, in OCI layout, when the command runs.',
    },
  );
}
