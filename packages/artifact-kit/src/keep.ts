/** Whether there is an artifact service: outside of a runner there is none. */
export function hasArtifacts(): boolean {
  return Boolean(process.env.ACTIONS_RUNTIME_TOKEN && process.env.ACTIONS_RESULTS_URL);
}

export interface KeepOptions {
  /** An artifact of the same name, which an earlier attempt of the job left, gives way. */
  readonly replace: boolean;
  /** Days; the repository's own setting where it is left out. */
  readonly retentionDays?: number;
  /** 0 (none) to 9. */
  readonly compressionLevel?: number;
}

/**
 * Uploads files as an artifact of this run, named by their paths below `root`.
 * @throws Error when the service refuses, as it does for a name that the run has already
 */
export async function keepArtifact(
  name: string,
  files: readonly string[],
  root: string,
  { replace, ...options }: KeepOptions,
): Promise<void> {
  const { DefaultArtifactClient } = await import('@actions/artifact');
  const client = new DefaultArtifactClient();
  // That there is none to delete is the usual case; where deleting failed, the upload says what is in the way.
  if (replace) await client.deleteArtifact(name).catch(() => undefined);
  await client.uploadArtifact(name, [...files], root, options);
}
