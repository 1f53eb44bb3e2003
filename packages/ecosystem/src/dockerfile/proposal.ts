import { ActionError } from '@fairway/action-kit';

/** A public image that something is built in, or runs in. */
export interface Base {
  /** The build argument that can put another in its place. */
  readonly argument: 'BUILD_IMAGE' | 'RUNTIME_IMAGE';
  /** With its registry, as in `docker.io/library/node`. */
  readonly image: string;
  readonly tag: string;
}

/** A Dockerfile that has been thought out, and not yet written. */
export interface Proposal {
  readonly language: string;
  readonly bases: readonly Base[];
  /** Everything after the arguments that name the bases. */
  readonly lines: readonly string[];
  /** For `.dockerignore`. */
  readonly ignore: readonly string[];
  /** What was taken for granted, each a sentence; whoever reviews it looks at these first. */
  readonly guesses: readonly string[];
}

/** By number, so that Kubernetes can tell that it is not root. */
export const USER = 'USER 10001:10001';

/** Never in an image, whatever the language. */
export const NEVER: readonly string[] = [
  '.git',
  '.github',
  '.env',
  '.env.*',
  '**/*.pem',
  '**/*.key',
  '**/.DS_Store',
  'Dockerfile',
  '.dockerignore',
];

/**
 * The Dockerfile's text.
 * @param digests argument → `sha256:…` of its image; one that is missing leaves the tag unpinned
 */
export function dockerfileText(proposal: Proposal, digests: ReadonlyMap<string, string>): string {
  const args = proposal.bases.map(({ argument, image, tag }) => {
    const digest = digests.get(argument);
    return `ARG ${argument}=${image.replace(/^docker\.io\/(?:library\/)?/, '')}:${tag}${digest === undefined ? '' : `@${digest}`}`;
  });
  return [
    `# Proposed by docker-build for ${proposal.language}. What it took for granted:`,
    ...proposal.guesses.map((guess) => `# - ${guess}`),
    '',
    ...args,
    '',
    ...proposal.lines,
    '',
  ].join('\n');
}

/** The exec form of CMD or ENTRYPOINT. */
export function execForm(words: readonly string[]): string {
  return `[${words.map((word) => JSON.stringify(word)).join(', ')}]`;
}

/** What is said of the port that the sources name, or of none. */
export function portGuess(port: number | undefined): string {
  return port === undefined
    ? 'The port was not found in the sources; none is exposed.'
    : `It listens on ${port}, by its sources or its framework.`;
}

export function cannot(what: string): ActionError {
  return new ActionError('cannot-generate', `No Dockerfile can be proposed: ${what}`, {
    remedy: 'Write a Dockerfile, and name it where it has another place:  file: docker/Dockerfile',
  });
}
