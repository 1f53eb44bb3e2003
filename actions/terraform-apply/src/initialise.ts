import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { context, info } from '@fairway/action-kit';
import { outcome, type RunResult } from '@fairway/exec-kit';
import { backendFile, initArguments } from './arguments.js';
import { annotate, diagnosticOf, diagnosticsInText } from './diagnostics.js';
import type { Inputs } from './inputs.js';
import { failureOf, stopped } from './mend.js';
import { command, type Session } from './session.js';

export const LOCK_FILE = '.terraform.lock.hcl';

/** Sets the folder up: backend, modules, providers, workspace. */
export async function initialise(session: Session, inputs: Inputs): Promise<void> {
  const folder = await mkdtemp(join(context().temp, 'fairway-backend-'));
  try {
    const file = join(folder, 'backend.tfbackend');
    if (inputs.backendConfig.size > 0)
      await writeFile(file, backendFile(inputs.backendConfig), { mode: 0o600 });
    await init(session, inputs.backendConfig.size > 0 ? file : undefined);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  if (inputs.workspace !== '') await selectWorkspace(session, inputs.workspace);
}

async function init(session: Session, file: string | undefined): Promise<void> {
  const hasLockFile = existsSync(join(session.folder, LOCK_FILE));
  if (!hasLockFile)
    info(`No ${LOCK_FILE} is committed: the newest providers that the code allows are taken.`);
  const result = await command(
    session,
    initArguments({ hasLockFile, ...(file !== undefined && { backendFile: file }) }),
    { retry: { attempts: 3, retryable: isTransient, baseDelayMs: 2000 } },
  );
  info([result.stdout.trim(), result.exitCode === 0 ? '' : result.stderr.trim()].filter(Boolean).join('\n'));
  if (result.exitCode === 0) return;
  const diagnostics = diagnosticsInText(`${result.stdout}\n${result.stderr}`);
  annotate(diagnostics, session.folder, context().workspace);
  throw (
    stopped('Initialising', result) ??
    failureOf('Initialising failed', diagnostics, `${outcome(result)}. ${result.stderr.trim()}`)
  );
}

const TRANSIENT =
  /i\/o timeout|connection reset|connection refused|TLS handshake timeout|temporary failure in name resolution|unexpected EOF|client\.timeout exceeded|\b(502|503|504)\b|too many requests|\b429\b/i;

/** Whether what went wrong may well go right in a moment: the network, never the code or the credentials. */
export function isTransient(result: Pick<RunResult, 'stdout' | 'stderr' | 'timedOut'>): boolean {
  return !result.timedOut && TRANSIENT.test(`${result.stderr}\n${result.stdout}`);
}

async function selectWorkspace(session: Session, name: string): Promise<void> {
  const result = await command(session, ['workspace', 'select', '-or-create', name]);
  if (result.exitCode === 0) return info(`Workspace ${name}.`);
  throw failureOf(
    `The workspace '${name}' could not be selected`,
    diagnosticsInText(`${result.stdout}\n${result.stderr}`),
    result.stderr.trim(),
  );
}

/** Has the tool check the code, so that all its mistakes show at their lines before any state is read. */
export async function validate(session: Session): Promise<void> {
  const result = await command(session, ['validate', '-json', '-no-color']);
  const diagnostics = validationOf(result.stdout);
  annotate(diagnostics, session.folder, context().workspace);
  if (result.exitCode !== 0) throw failureOf('The code is not valid', diagnostics, result.stderr.trim());
  info('The code is valid.');
}

function validationOf(stdout: string) {
  try {
    const { diagnostics } = JSON.parse(stdout);
    return Array.isArray(diagnostics) ? diagnostics.flatMap((item: unknown) => diagnosticOf(item) ?? []) : [];
  } catch {
    return [];
  }
}
