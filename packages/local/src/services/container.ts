/** Images used where the machine has Docker but not Debian's packages. Pinned by version; Docker verifies what it pulls. */
export const IMAGES = {
  registry: 'registry:2.8.3',
  prometheus: 'prom/prometheus:v2.55.1',
  alertmanager: 'prom/alertmanager:v0.27.0',
} as const;

export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
}

/**
 * A service as a container in the foreground: `docker run` passes our SIGTERM on and ends with the container, so a
 * supervisor sees a process like any other. In the host's network, its folders at the same paths. Pure.
 */
export function inContainer(
  docker: string,
  name: string,
  image: string,
  mounts: readonly string[],
  args: readonly string[],
  user = `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`,
): Launch {
  return {
    program: docker,
    args: [
      ...['run', '--rm', '--network', 'host', '--name', `fairway-${name}`, '--user', user],
      ...mounts.flatMap((folder) => ['--volume', `${folder}:${folder}`]),
      image,
      ...args,
    ],
  };
}
