import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, info } from '@fairway/action-kit';
import { run } from '@fairway/exec-kit';
import { show } from './build-log.js';
import { BuildTrace } from './build-trace.js';

/**
 * The Dockerfile that runs a command in the image just built. BuildKit runs it with the image's own user, folder and
 * environment, so no Docker engine is needed, wherever the builder is.
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
  image: { readonly layout: string; readonly digest: string },
  how: {
    readonly buildx: string;
    readonly builder?: string;
    readonly env: Readonly<Record<string, string>>;
    readonly folder: string;
    readonly timeoutMs: number;
  },
): Promise<void> {
  const empty = join(how.folder, 'empty');
  await mkdir(empty, { recursive: true });
  const args = [
    'build',
    '--progress=rawjson',
    ...(how.builder ? ['--builder', how.builder] : []),
    '--build-context',
    `fairway-image=oci-layout://${image.layout}@${image.digest}`,
    '--no-cache',
    '--provenance=false',
    '--output',
    'type=cacheonly',
    '--file',
    '-',
    empty,
  ];
  const trace = new BuildTrace();
  info(`Running in the image: ${command}`);
  const onLine = (line: string) => show(trace.read(line));
  const result = await run(how.buildx, args, {
    show: 'never',
    captureBytes: 0,
    env: how.env,
    timeoutMs: how.timeoutMs,
    input: smokeDockerfile(command),
    onStdoutLine: onLine,
    onStderrLine: onLine,
  });
  if (result.exitCode === 0 && !result.timedOut) return;
  const failed = [...trace.steps.values()].find((step) => step.error !== '');
  const said = failed?.tail.slice(-20).join('\n') || failed?.error || trace.messages.slice(-3).join('\n');
  const ending = result.timedOut ? 'did not end in time' : 'failed';
  throw new ActionError(
    'smoke-test-failed',
    `The test command ${ending} in the image; the image was not pushed.\n${said}`,
    {
      remedy: 'Mend the image, or the command in the input  test-command. It runs as the image’s own user.',
    },
  );
}
