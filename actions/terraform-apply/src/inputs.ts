import {
  ActionError,
  duration,
  flag,
  lines,
  mask,
  oneOf,
  pairs,
  secret,
  text,
  workspacePath,
} from '@fairway/action-kit';
import { isSecretLooking, isTelling } from './known-secrets.js';

export type Mode = 'plan' | 'apply' | 'check';

/** Every input, read and checked once. Durations in milliseconds, paths absolute. */
export interface Inputs {
  readonly mode: Mode;
  readonly workingDirectory: string;
  readonly environment: string;
  readonly tool: {
    readonly name: 'auto' | 'terraform' | 'tofu';
    readonly version: string;
    readonly sha256: string;
  };
  readonly backendConfig: ReadonlyMap<string, string>;
  readonly workspace: string;
  readonly varFiles: readonly string[];
  readonly variables: ReadonlyMap<string, string>;
  readonly planKey: string;
  readonly planArtifact: string;
  readonly planFile: string;
  readonly planFingerprint: string;
  readonly protect: readonly string[];
  readonly allowDestroy: boolean;
  readonly destroy: boolean;
  readonly lockTimeout: number;
  readonly timeout: number;
  readonly token: string;
  readonly comment: boolean;
}

export function readInputs(): Inputs {
  const inputs: Inputs = {
    mode: oneOf('mode', ['plan', 'apply', 'check'], { default: 'plan' }),
    workingDirectory: workspacePath('working-directory', { default: '.', mustExist: true }),
    environment: text('environment'),
    tool: {
      name: oneOf('tool', ['auto', 'terraform', 'tofu'], { default: 'auto' }),
      version: exactVersion(text('version')),
      sha256: text('sha256'),
    },
    backendConfig: pairs('backend-config'),
    workspace: workspaceName(text('workspace')),
    varFiles: lines('var-files'),
    variables: variables(),
    planKey: planKey(),
    planArtifact: text('plan-artifact'),
    planFile: text('plan-file'),
    planFingerprint: fingerprint(text('plan-fingerprint')),
    protect: lines('protect'),
    allowDestroy: flag('allow-destroy', false),
    destroy: flag('destroy', false),
    lockTimeout: duration('lock-timeout', { default: '1m' }),
    timeout: duration('timeout', { default: '1h' }),
    token: secret('token'),
    comment: flag('comment', true),
  };
  if (inputs.destroy && inputs.mode === 'check') throw nothingToCheck();
  maskSecretLooking(inputs.backendConfig);
  maskSecretLooking(inputs.variables);
  return inputs;
}

function maskSecretLooking(values: ReadonlyMap<string, string>): void {
  for (const [name, value] of values) if (isSecretLooking(name) && isTelling(value)) mask(value);
}

function variables(): ReadonlyMap<string, string> {
  const given = pairs('variables');
  for (const name of given.keys()) {
    if (!/^[\p{L}_][\p{L}\p{N}_-]*$/u.test(name)) {
      throw new ActionError(
        'bad-input',
        `The input 'variables' names '${name}', which cannot be a variable's name.`,
        {
          remedy:
            'Write one NAME=value a line, with the name as it is declared in the code:  variables: region=eu-west-1',
        },
      );
    }
  }
  return given;
}

function planKey(): string {
  const key = secret('plan-key');
  if (key === '' || key.length >= 16) return key;
  throw new ActionError('bad-input', "The input 'plan-key' is shorter than 16 characters.", {
    remedy: 'Make a key with  openssl rand -base64 32  and keep it as a secret of the repository.',
  });
}

function nothingToCheck(): ActionError {
  return new ActionError('bad-input', "The inputs 'destroy: true' and 'mode: check' contradict each other.", {
    remedy: 'Drift is a difference from what the code says: look for it without  destroy: true',
  });
}

function fingerprint(value: string): string {
  if (value === '' || /^[0-9a-f]{64}$/.test(value)) return value;
  throw new ActionError(
    'bad-input',
    "The input 'plan-fingerprint' is not a fingerprint (64 hexadecimal digits).",
    {
      remedy: "Hand on the planning step's output:  plan-fingerprint: ${{ needs.plan.outputs.fingerprint }}",
    },
  );
}

function exactVersion(value: string): string {
  if (value === '' || /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$/.test(value)) return value;
  throw new ActionError('bad-input', `The input 'version' is '${value}'; it must be one exact version.`, {
    remedy: 'Write it in full, for example  version: 1.15.9  , or leave it out for the one on PATH.',
  });
}

function workspaceName(value: string): string {
  if (/^[\w.-]*$/.test(value) && !value.startsWith('-')) return value;
  throw new ActionError(
    'bad-input',
    `The input 'workspace' is '${value}', which cannot be a workspace's name.`,
    {
      remedy: "Use letters, digits, '-', '_' and '.':  workspace: staging",
    },
  );
}
