/** A `uses:` of an action or a workflow in another repository. */
export interface RemoteUse {
  readonly repository: string;
  /** The folder or file inside the repository; empty for its root. */
  readonly path: string;
  readonly ref: string;
}

const remoteUse = /^\s*(?:-\s+)?uses:\s*["']?([\w.-]+\/[\w.-]+)(?:\/([\w./-]+))?@([\w./-]+)["']?\s*(?:#.*)?$/;

/** Every remote `uses:` of a workflow or a composite action, each once, in the order of the file. */
export function remoteUses(source: string): readonly RemoteUse[] {
  const uses = new Map<string, RemoteUse>();
  for (const line of source.split('\n')) {
    const [, repository, path = '', ref] = remoteUse.exec(line) ?? [];
    if (repository !== undefined && ref !== undefined) {
      uses.set(`${repository}/${path}@${ref}`, { repository, path, ref });
    }
  }
  return [...uses.values()];
}

/** The ref at which a caller's file uses workflows of `slug`; undefined when it uses none. */
export function refOf(slug: string, source: string): string | undefined {
  return remoteUses(source).find((use) => use.repository.toLowerCase() === slug.toLowerCase())?.ref;
}
