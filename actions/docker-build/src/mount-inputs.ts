import { resolve } from 'node:path';
import { ActionError, lines, text } from '@fairway/action-kit';
import { isInside } from './build-context.js';

/** Contents of `RUN --mount=type=cache` that are kept between runs. */
export interface MountInputs {
  /** As the Dockerfile has them after `id=` (or `target=`, where it gives no id), with uid, gid, mode where it gives them. */
  readonly mounts: readonly string[];
  /** An image with a shell and tar, which reads and fills them. */
  readonly image: string;
  /** Where they are kept, absolute; empty for GitHub's cache. */
  readonly folder: string;
}

const MOUNT = /^[\w./@~-]+(?:,(?:uid|gid|mode|sharing)=\w+)*$/;

/**
 * @param workspace which the folder must not be in, or it would be part of the build
 * @throws ActionError 'bad-input'
 */
export function readMounts(workspace: string): MountInputs {
  const mounts = lines('cache-mounts');
  const image = text('cache-mounts-image');
  const folder = text('cache-mounts-folder');
  const refuse = (what: string, remedy: string) => {
    throw new ActionError('bad-input', what, { remedy });
  };
  const wrong = mounts.find((mount) => !MOUNT.test(mount));
  if (wrong !== undefined)
    refuse(
      `The input 'cache-mounts' names '${wrong.slice(0, 80)}', which is no cache mount.`,
      'Write the id, or else the target, of the Dockerfile’s  RUN --mount=type=cache  , for example  cache-mounts: /root/.npm',
    );
  if (mounts.length > 0 && !/^[\w.:/@-]+$/.test(image))
    refuse(
      "The input 'cache-mounts' needs an image to read and fill the mounts with, and 'cache-mounts-image' names none.",
      'Name one with /bin/sh and tar, best the one that the stage starts from:  cache-mounts-image: node:24-bookworm-slim@sha256:…',
    );
  const absolute = folder === '' ? '' : resolve(workspace, folder);
  if (absolute !== '' && isInside(workspace, absolute))
    refuse(
      `The input 'cache-mounts-folder' is '${folder.slice(0, 120)}', inside the workspace, and so of what is built.`,
      'Name a folder of the runner that stays between jobs, or leave it empty for GitHub’s cache',
    );
  return { mounts, image, folder: absolute };
}
