import { ActionError, duration, integer, pairs, text } from '@fairway/action-kit';

/** Starts the built image as it is, and asks it over HTTP. */
export interface StartInputs {
  readonly port: number;
  /** The request's target, from the first `/` on. */
  readonly path: string;
  /** Laid over the image's own environment. */
  readonly env: ReadonlyMap<string, string>;
  /** Milliseconds until it must have answered. */
  readonly timeoutMs: number;
  /** The image whose statically linked `/bin/busybox` asks. */
  readonly probeImage: string;
}

/**
 * busybox 1.37.0-musl, its index for eight architectures. Source: docker-library/repo-info,
 * repos/busybox/remote/1.37.0-musl.md at 01a7054230d50b3dccaf8d579f161c522be8c9f0.
 */
const PROBE_IMAGE =
  'docker.io/library/busybox:1.37.0-musl@sha256:1256f55742579badea94e3e2f574fc90021120f6c1aa01c87182566dfb950c39';

/**
 * @returns undefined where the image is not to be started
 * @throws ActionError 'bad-input'
 */
export function readStart(): StartInputs | undefined {
  const port = integer('test-port', { min: 0, max: 65_535, default: 0 });
  const path = text('test-path', { default: '/' });
  const env = pairs('test-env');
  const timeoutMs = duration('test-timeout', { default: '30s' });
  const probeImage = text('probe-image', { default: PROBE_IMAGE });
  const refuse = (what: string, remedy: string) => {
    throw new ActionError('bad-input', what, { remedy });
  };
  if (!/^\/[!-~]{0,2000}$/.test(path))
    refuse(
      `The input 'test-path' is '${path.slice(0, 120)}', which is no path of a URL.`,
      'Begin it with a slash, and write spaces as %20, for example  test-path: /healthz',
    );
  if (!/^[a-z\d][\w.:/@-]*$/i.test(probeImage))
    refuse(
      `The input 'probe-image' is '${probeImage.slice(0, 120)}', which is no image.`,
      `Name one with a statically linked /bin/busybox, best by digest, or leave it out for ${PROBE_IMAGE}`,
    );
  const wrong = [...env.keys()].find((key) => !/^[A-Za-z_]\w*$/.test(key));
  if (wrong !== undefined)
    refuse(
      `The input 'test-env' sets '${wrong.slice(0, 80)}', which is no name of a variable.`,
      'Write one a line, for example  test-env: DATABASE_URL=sqlite::memory:',
    );
  if (port === 0 && (path !== '/' || env.size > 0))
    refuse(
      `The input '${path !== '/' ? 'test-path' : 'test-env'}' is given, and no 'test-port': the image would not be started.`,
      'Name the port that it listens on, for example  test-port: 8080',
    );
  return port === 0 ? undefined : { port, path, env, timeoutMs, probeImage };
}
