import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, info } from '@fairway/action-kit';
import { type BuiltImage, type ImageRunner, runInImage } from './image-run.js';

/**
 * The Dockerfile that runs a command in the image just built.
 * @param command a JSON array is run as it is (images without a shell); anything else by the image's `/bin/sh`
 * @throws ActionError 'bad-input' for a JSON array of something else than strings
 */
export function smokeDockerfile(command: string): string {
  const argv = command.startsWith('[') ? parseArgv(command) : ['/bin/sh', '-ec', command];
  return `FROM fairway-image\nRUN ${JSON.stringify(argv)}\n`;
}

function parseArgv(command: string): string[] {
  try {
    const argv: unknown = JSON.parse(command);
    if (Array.isArray(argv) && argv.length > 0 && argv.every((word) => typeof word === 'string')) return argv;
  } catch {
    // not JSON: told below
  }
  throw new ActionError(
    'bad-input',
    `The input 'test-command' begins with '[' and is no JSON array of strings.`,
    {
      remedy: `Write it as  test-command: '["/app/server", "--version"]'  or as a line for the image's own shell.`,
    },
  );
}

/** @throws ActionError 'smoke-test-failed' with the end of what the command printed */
export async function smokeTest(
  command: string,
  image: BuiltImage,
  how: ImageRunner & { readonly folder: string },
): Promise<void> {
  const empty = join(how.folder, 'empty');
  await mkdir(empty, { recursive: true });
  info(`Running in the image: ${command}`);
  const result = await runInImage(smokeDockerfile(command), empty, image, how);
  if (result.ok) return;
  const said = result.tail.slice(-20).join('\n') || result.error;
  const ending = result.timedOut ? 'did not end in time' : 'failed';
  throw new ActionError(
    'smoke-test-failed',
    `The test command ${ending} in the image; the image was not pushed.\n${said}`,
    {
      remedy: 'Mend the image, or the command in the input  test-command. It runs as the image’s own user.',
    },
  );
}
