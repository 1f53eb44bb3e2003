import { ActionError } from '@fairway/action-kit';

/** One change of a text that must be found exactly `count` times: a new upstream version fails loudly, never silently. */
export interface Substitution {
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  readonly count: number;
}

/** What is laid over a copy of a published source: files of ours, then substitutions in files of theirs. */
export interface Overlay {
  readonly files: readonly { readonly from: string; readonly to: string }[];
  readonly substitutions: readonly Substitution[];
}

/** Reads a patch.json. Paths that leave the source's folder are refused. */
export function parseOverlay(json: string): Overlay {
  const { files = [], substitutions = [] } = JSON.parse(json) as Partial<Overlay>;
  for (const path of [...files.map((file) => file.to), ...substitutions.map((change) => change.file)])
    if (path.startsWith('/') || path.split('/').includes('..'))
      throw new ActionError('overlay-path', `The overlay names ${path}, outside of the source.`, {
        remedy: 'Write paths relative to the module.',
      });
  return { files, substitutions };
}

/** @throws ActionError 'overlay-mismatch' when the text is not there as often as it has to be */
export function substitute(text: string, { file, find, replace, count }: Substitution): string {
  const parts = text.split(find);
  if (parts.length - 1 !== count)
    throw new ActionError(
      'overlay-mismatch',
      `${file} holds the text to replace ${parts.length - 1} times, not ${count}: ${find}`,
      { remedy: 'The source changed: adapt the overlay to the pinned version.' },
    );
  return parts.join(replace);
}
