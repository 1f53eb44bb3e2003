/** A project with one green, one red, one flaky and one skipped test, and nothing else. The green one may count its runs in `.green`. */
export interface RealProject {
  /** Answers when the tool is there. */
  readonly probe: readonly [string, ...string[]];
  /** The framework as detected. */
  readonly framework: string;
  readonly files: Readonly<Record<string, string>>;
  /** Where the red test fails. */
  readonly red: { readonly file: string; readonly line: number };
  /** What it needs comes from a registry when it runs. */
  readonly downloads?: true;
  /** Its report does not tell of the skipped test. */
  readonly silent?: true;
  /** It uses this repository's own node_modules. */
  readonly modules?: true;
}
