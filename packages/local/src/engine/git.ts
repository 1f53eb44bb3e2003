import { runOrThrow } from '@fairway/exec-kit';

/** One author and no settings of the machine's user: the same commits everywhere, and no hook or signature of theirs. */
const environment: Readonly<Record<string, string>> = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_AUTHOR_NAME: 'Robin Photo',
  GIT_AUTHOR_EMAIL: 'robin@photo.example',
  GIT_COMMITTER_NAME: 'Robin Photo',
  GIT_COMMITTER_EMAIL: 'robin@photo.example',
};

/** Runs git in a folder. @throws ActionError 'command-failed' with what git said */
export async function git(folder: string, ...args: readonly string[]): Promise<string> {
  const result = await runOrThrow('git', args, {
    cwd: folder,
    env: environment,
    show: 'never',
    remedy: 'Check that git 2.30 or later is installed and that the folder is writable.',
  });
  return result.stdout.trim();
}
