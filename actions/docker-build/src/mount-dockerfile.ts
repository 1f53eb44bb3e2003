/** The one file that the contents travel in. */
export const MOUNTS_FILE = 'mounts.tar';

/**
 * Fills cache mounts from a tar in the build's context. One that holds something already is left alone: a builder that
 * stayed knows better. Pure.
 * @param mounts ids, with uid, gid and mode where the Dockerfile gives them: they are part of a mount's identity
 * @param nonce never the same twice: the step must run, and `--no-cache` would also make the mounts' folders anew,
 * which are another part of their identity
 */
export function fillDockerfile(image: string, mounts: readonly string[], nonce: string): string {
  const script = mounts.map(
    (_, index) =>
      `if [ -z "$(ls -A /fairway/mounts/${index})" ]; then tar -xf /fairway/in/${MOUNTS_FILE} -C /fairway/mounts ./${index}; fi`,
  );
  return [
    `FROM ${image}`,
    'USER 0:0',
    `RUN --mount=type=bind,target=/fairway/in ${mountOptions(mounts)} ${shell(script, nonce)}`,
    '',
  ].join('\n');
}

/** Reads cache mounts into a tar, which is all that the result holds; parameters as for {@link fillDockerfile}. Pure. */
export function readDockerfile(image: string, mounts: readonly string[], nonce: string): string {
  const script = ['mkdir /fairway-out', `tar -C /fairway/mounts -cf /fairway-out/${MOUNTS_FILE} .`];
  return [
    `FROM ${image} AS read`,
    'USER 0:0',
    `RUN ${mountOptions(mounts)} ${shell(script, nonce)}`,
    'FROM scratch',
    `COPY --from=read /fairway-out/${MOUNTS_FILE} /${MOUNTS_FILE}`,
    '',
  ].join('\n');
}

function mountOptions(mounts: readonly string[]): string {
  return mounts
    .map((mount, index) => `--mount=type=cache,target=/fairway/mounts/${index},id=${mount}`)
    .join(' ');
}

function shell(script: readonly string[], nonce: string): string {
  return JSON.stringify(['/bin/sh', '-ec', script.join('\n'), nonce]);
}
