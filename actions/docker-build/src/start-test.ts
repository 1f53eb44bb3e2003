import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, formatDuration, info, warning } from '@fairway/action-kit';
import { quoted } from '@fairway/exec-kit';
import { type BuiltImage, type ImageRun, type ImageRunner, runInImage } from './image-run.js';
import type { StartInputs } from './start-inputs.js';
import { ENDINGS, START_SCRIPT, startDockerfile } from './start-script.js';

/** Docker and Kubernetes' runtimes lower it to 0 for a container; BuildKit leaves it at the kernel's own. */
const LOWEST_FREE_PORT = 1024;
const LOW_PORT =
  ', and, unlike in Docker, only root may listen below 1024: better take a port such as 8080, in the image or by test-env';

/** Begins the line with which the script ends. */
const VERDICT = 'fairway: ';

/**
 * Starts the image as it would be started, and waits until it answers.
 * @param start its entry point with all arguments
 * @throws ActionError 'smoke-test-failed' with the end of what it printed
 */
export async function startTest(
  inputs: StartInputs,
  start: readonly string[],
  image: BuiltImage,
  how: ImageRunner & { readonly folder: string },
): Promise<void> {
  const folder = join(how.folder, 'start-test');
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'start.sh'), START_SCRIPT, { mode: 0o644 });
  const [program = '', ...rest] = start;
  info(`Starting the image: ${quoted(program, rest)}`);
  const result = await runInImage(startDockerfile(start, inputs), folder, image, how);
  if (!result.ok) throw failureOf(result, inputs);
  if (result.tail.at(-1)?.endsWith('on 127.0.0.1 only'))
    warning(
      `The image listens to port ${inputs.port} on 127.0.0.1 only: nothing outside of its container reaches it there. Let it listen on 0.0.0.0.`,
      { title: 'Test run' },
    );
}

/** What a start that failed is told as: an end, silence, and a wrong answer are mended in different places. Pure. */
export function failureOf(result: ImageRun, inputs: StartInputs): ActionError {
  const printed = result.tail.filter((line) => !line.startsWith(VERDICT)).slice(-20);
  const [
    what,
    remedy,
    said = printed.length > 0 ? `It printed last:\n${printed.join('\n')}` : 'It printed nothing.',
  ] = explain(result, inputs);
  return new ActionError('smoke-test-failed', `${what}; the image was not pushed.\n${said}`, { remedy });
}

/** @returns what happened, what mends it, and, where the image is not to blame, who says so */
function explain(
  result: ImageRun,
  { port, path, timeoutMs, probeImage }: StartInputs,
): [string, string, string?] {
  const verdict = result.tail.findLast((line) => line.startsWith(VERDICT))?.slice(VERDICT.length);
  const target = `http://127.0.0.1:${port}${path}`;
  const within = formatDuration(timeoutMs);
  switch (result.exitCode) {
    case ENDINGS.ended:
      return [
        `The image ${verdict ?? 'ended'} before it answered`,
        `Mend what it says; what it needs at its start can be given, for example  test-env: DATABASE_URL=sqlite::memory:  . It has no network there${port < LOWEST_FREE_PORT ? LOW_PORT : ''}.`,
      ];
    case ENDINGS.silent:
      return [
        `The image runs, and did not answer at ${target} within ${within}`,
        `Check that it listens to port ${port}, on 0.0.0.0; if it only starts slowly:  test-timeout: 2m`,
      ];
    case ENDINGS.refused:
      return [
        `The image ${verdict ?? 'answered'} at ${target} to the end of ${within}, which is neither 2xx nor 3xx`,
        'Mend the image, or name a path that it answers without what is not there, for example  test-path: /healthz',
      ];
    default:
      if (result.timedOut)
        return ['The image did not answer in the time that the step has', 'Give it more:  timeout: 1h'];
      return [
        'The image could not be started for a test',
        `The builder must be able to pull ${probeImage}, and find a statically linked /bin/busybox in it; another is named by  probe-image`,
        `BuildKit says: ${[...result.tail.slice(-5), result.error].join('\n')}`,
      ];
  }
}
