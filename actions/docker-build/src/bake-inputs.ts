import { resolve } from 'node:path';
import { ActionError, lines, text } from '@fairway/action-kit';
import { isInside } from './build-context.js';
import { workspace } from './build-inputs.js';
import type { Phase } from './inputs.js';

/** Bake files, relative to the workspace; none where a Dockerfile is built. */
export interface BakeInputs {
  readonly files: readonly string[];
  readonly targets: readonly string[];
  /** The image's name as it was given, which may hold `{target}`. */
  readonly imageName: string;
}

/** @throws ActionError 'bad-input' for what does not go together */
export function readBake(phase: Phase): BakeInputs {
  const files = lines('bake-files');
  const targets = lines('bake-targets').flatMap((line) => line.split(/[\s,]+/).filter(Boolean));
  const refuse = (what: string, remedy: string) => {
    throw new ActionError('bad-input', what, { remedy });
  };
  const hostile = [...files, ...targets].find((word) => word.startsWith('-'));
  if (hostile !== undefined)
    refuse(`'${hostile.slice(0, 80)}' is no bake file or target.`, 'Neither begins with -');
  const alone = [
    'context',
    'file',
    'target',
    'secrets',
    'ssh',
    'build-contexts',
    'digest-artifact',
    'layout',
    'network',
    'ulimits',
  ];
  const clash =
    files.length === 0 ? undefined : alone.find((name) => !['', '.', 'default'].includes(text(name)));
  if (clash !== undefined)
    refuse(
      `The inputs 'bake-files' and '${clash}' do not go together: the bake file says what is built from what.`,
      `Move it into the bake file, or leave 'bake-files' out`,
    );
  if (files.length > 0 && phase !== 'build')
    refuse(`The phase ${phase} bakes nothing.`, "Leave 'bake-files' out");
  if (files.length === 0 && targets.length > 0)
    refuse("'bake-targets' is given without 'bake-files'.", 'Name the bake file');
  return {
    files: files.map((file) => insideWorkspace(file)),
    targets,
    imageName: text('image', { required: true }),
  };
}

function insideWorkspace(file: string): string {
  if (isInside(workspace(), resolve(workspace(), file))) return file;
  throw new ActionError('bad-input', `The bake file '${file.slice(0, 120)}' is outside of the workspace.`, {
    remedy: 'Name a file of the repository, relative to its root:  bake-files: docker-bake.hcl',
  });
}

/** The image of a target of bake files: `{target}` in the name, or else below it where there are several. */
export function targetImage(image: string, target: string, count: number): string {
  if (image.includes('{target}')) return image.replaceAll('{target}', target);
  return count === 1 ? image : `${image}/${target}`;
}
