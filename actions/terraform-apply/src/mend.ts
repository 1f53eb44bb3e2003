import { ActionError, formatDuration } from '@fairway/action-kit';
import type { RunResult } from '@fairway/exec-kit';
import { type Diagnostic, sentence } from './diagnostics.js';

interface Mend {
  readonly code: string;
  readonly sign: RegExp;
  readonly remedy: string;
}

/** Failures that people meet in pipelines, by words of the tools' own, each with what mends it. First match counts. */
const MENDS: readonly Mend[] = [
  {
    code: 'no-credentials',
    sign: /no valid credential sources|NoCredentialProviders|failed to refresh cached credentials|could not find default credentials|unable to build authorizer|building (azure|AzureRM).*client|ExpiredToken|InvalidClientTokenId/i,
    remedy:
      "Log in to the cloud in a step before this one, best by OIDC, which needs 'id-token: write' under the job's 'permissions:'. On pull requests from forks there are no credentials.",
  },
  {
    code: 'lock-file',
    sign: /provider dependency changes detected|doesn't match any of the checksums|does not match any of the checksums|inconsistent dependency lock file|locked provider .* does not match/i,
    remedy:
      'Record the providers for the platforms in use and commit the file:  terraform providers lock -platform=linux_amd64 -platform=linux_arm64 -platform=darwin_arm64 && git add .terraform.lock.hcl',
  },
  {
    code: 'tool-version',
    sign: /unsupported (terraform|opentofu) core version/i,
    remedy:
      "Name a version that 'required_version' in the code allows, with the input 'version' or in a file .terraform-version (.opentofu-version).",
  },
  {
    code: 'provider-missing',
    sign: /failed to query available provider packages|failed to install provider|invalid provider registry host|could not load plugin|required plugins are not installed/i,
    remedy:
      "Check the provider's 'source' and 'version' under required_providers, that the runner reaches its registry, and a mirror in the CLI configuration (TF_CLI_CONFIG_FILE).",
  },
  {
    code: 'plan-stale',
    sign: /saved plan (is stale|does not match)/i,
    remedy: 'The state changed after the plan was made. Run the planning job again, and review the new plan.',
  },
  {
    code: 'variable-missing',
    sign: /no value for required variable/i,
    remedy:
      "Give it:  variables: NAME=value  , a file under 'var-files', or TF_VAR_NAME in the step's 'env:' for a secret.",
  },
  {
    code: 'backend',
    sign: /backend (initialization|configuration)|error (loading|refreshing) state|failed to get existing workspaces|does not exist.*bucket|NoSuchBucket|unsupported argument.*backend|error configuring the .* backend/i,
    remedy:
      "Check the lines under 'backend-config', that the place they name exists, and that the credentials may use it.",
  },
  {
    code: 'denied',
    sign: /AccessDenied|not authorized to perform|\b403\b|forbidden|permission denied/i,
    remedy: 'The credentials were taken but may not do this: grant the role what the message names.',
  },
];

/**
 * The failure of a command that was ended from outside; undefined for one that ended by itself. What the tool says then
 * is only that it was interrupted.
 */
export function stopped(
  what: string,
  result: Pick<RunResult, 'timedOut' | 'cancelled' | 'durationMs'>,
): ActionError | undefined {
  if (result.timedOut) {
    const after = formatDuration(result.durationMs);
    return new ActionError('timeout', `${what} took longer than it may, and was stopped after ${after}.`, {
      remedy: 'See in the log what it was at. Give it longer if it needs to:  timeout: 2h',
    });
  }
  if (result.cancelled !== true) return undefined;
  return new ActionError('cancelled', `${what} was stopped, because the job was cancelled.`, {
    remedy: 'Run the job again.',
  });
}

/** Makes one error of the tool's complaints: the first tells the cause, the others follow it. */
export function failureOf(what: string, diagnostics: readonly Diagnostic[], otherwise: string): ActionError {
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  if (errors.length === 0) {
    return new ActionError('command-failed', `${what}: ${otherwise}`, { remedy: mendFor(otherwise).remedy });
  }
  const lock = errors.map(lockOf).find((found) => found !== undefined);
  if (lock !== undefined) return stateLocked(what, lock);
  const text = errors.map(sentence).join('\n\n');
  const { code, remedy } = mendFor(text);
  return new ActionError(code, `${what}: ${text}`, { remedy });
}

function mendFor(text: string): Pick<Mend, 'code' | 'remedy'> {
  return (
    MENDS.find(({ sign }) => sign.test(text)) ?? {
      code: 'command-failed',
      remedy: 'Mend what the message names. The step’s log has all that the tool said.',
    }
  );
}

/** Who holds the state. */
export interface Lock {
  readonly id: string;
  readonly who: string;
  readonly operation: string;
  readonly created: string;
  readonly path: string;
}

/** The holder of the lock that a diagnostic tells of. Source: the text of statemgr.LockInfo.String in both tools. */
export function lockOf(diagnostic: Diagnostic): Lock | undefined {
  if (!/acquiring the state lock/i.test(diagnostic.summary)) return undefined;
  const field = (name: string) =>
    new RegExp(`^\\s*${name}:[ \\t]*(.*)$`, 'm').exec(diagnostic.detail)?.[1]?.trim() ?? '';
  return {
    id: field('ID'),
    who: field('Who'),
    operation: field('Operation'),
    created: field('Created'),
    path: field('Path'),
  };
}

function stateLocked(what: string, lock: Lock): ActionError {
  if (lock.id === '') {
    return new ActionError('state-locked', `${what}: the state is locked, and by whom is not recorded.`, {
      remedy: 'Wait for the other run to end, or give it longer:  lock-timeout: 10m',
    });
  }
  return new ActionError(
    'state-locked',
    `${what}: the state ${lock.path} is locked by ${lock.who} since ${lock.created} (${lock.operation}).`,
    {
      remedy:
        'Wait for that run to end, or give it longer:  lock-timeout: 10m  . Only if it is surely dead, unlock by hand in ' +
        `the module's folder:  terraform force-unlock ${lock.id}`,
    },
  );
}
