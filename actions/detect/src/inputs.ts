import { lines, text, workspacePath } from '@fairway/action-kit';

export interface Inputs {
  /** Absolute. */
  readonly folder: string;
  /** A path given, `none`, or empty for the usual places. */
  readonly dockerfile: string;
  /** Relative to the repository's root. */
  readonly bakeFiles: readonly string[];
  readonly infrastructure: string;
  readonly deploy: string;
}

export function readInputs(): Inputs {
  return {
    folder: workspacePath('working-directory', { default: '.', mustExist: true }),
    dockerfile: text('dockerfile'),
    bakeFiles: lines('bake-files'),
    infrastructure: text('infrastructure'),
    deploy: text('deploy'),
  };
}
