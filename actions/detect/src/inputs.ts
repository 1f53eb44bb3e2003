import { text, workspacePath } from '@fairway/action-kit';

export interface Inputs {
  /** Absolute. */
  readonly folder: string;
  /** A path given, `none`, or empty for the usual places. */
  readonly dockerfile: string;
  readonly infrastructure: string;
  readonly deploy: string;
}

export function readInputs(): Inputs {
  return {
    folder: workspacePath('working-directory', { default: '.', mustExist: true }),
    dockerfile: text('dockerfile'),
    infrastructure: text('infrastructure'),
    deploy: text('deploy'),
  };
}
