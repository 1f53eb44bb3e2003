import { run } from '@fairway/exec-kit';
import { show } from './build-log.js';
import { BuildTrace } from './build-trace.js';

/** The image that was just built, still only here. */
export interface BuiltImage {
  /** The folder in OCI layout that holds it. */
  readonly layout: string;
  readonly digest: string;
}

/** How the builder is spoken to. */
export interface ImageRunner {
  readonly buildx: string;
  readonly builder?: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
}

/** What a step in the image came to. */
export interface ImageRun {
  readonly ok: boolean;
  readonly timedOut: boolean;
  /** Of the step; undefined where it ended well, or never began. */
  readonly exitCode?: number;
  /** What the step printed last. */
  readonly tail: readonly string[];
  /** Why it failed, in BuildKit's words. */
  readonly error: string;
}

/**
 * Runs a step in the image by BuildKit, with the image's own user, folder and environment, so that no Docker engine is
 * needed, wherever the builder is. Nothing comes of it but what it prints.
 * @param dockerfile what is done to the image, which is `fairway-image` in it
 * @param folder the build's context
 */
export async function runInImage(
  dockerfile: string,
  folder: string,
  image: BuiltImage,
  how: ImageRunner,
): Promise<ImageRun> {
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
    folder,
  ];
  const trace = new BuildTrace();
  const onLine = (line: string) => show(trace.read(line));
  const result = await run(how.buildx, args, {
    show: 'never',
    captureBytes: 0,
    env: how.env,
    timeoutMs: how.timeoutMs,
    input: dockerfile,
    onStdoutLine: onLine,
    onStderrLine: onLine,
  });
  return { ok: result.exitCode === 0 && !result.timedOut, timedOut: result.timedOut, ...accountOf(trace) };
}

/** What is behind a failure may be told of beside what was given up because of it. */
const GIVEN_UP = /context cancell?ed/i;

/** Source of the sentence with the exit code: moby/buildkit, solver/errdefs/exec.go and executor's ExitError. */
function accountOf(trace: BuildTrace): Pick<ImageRun, 'exitCode' | 'tail' | 'error'> {
  const steps = [...trace.steps.values()];
  const failures = steps.filter((step) => step.error !== '');
  const failed = failures.find(({ error }) => !GIVEN_UP.test(error)) ?? failures[0];
  const exitCode = /did not complete successfully: exit code: (\d+)/.exec(failed?.error ?? '')?.[1];
  return {
    ...(exitCode !== undefined && { exitCode: Number(exitCode) }),
    tail: (failed ?? steps.findLast((step) => step.tail.length > 0))?.tail ?? [],
    error: failed?.error ?? trace.messages.slice(-3).join('\n'),
  };
}
