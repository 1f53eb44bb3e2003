import { createCipheriv, createDecipheriv, randomBytes, scryptSync } from 'node:crypto';
import { ActionError } from '@fairway/action-kit';

/** What a sealed plan belongs to. It opens only where all of these are the same. */
export interface Binding {
  readonly repository: string;
  /** The commit that was planned. */
  readonly commit: string;
  /** The module's folder, relative to the repository. */
  readonly workingDirectory: string;
  readonly environment: string;
  readonly workspace: string;
  /** `Terraform 1.15.9`: a plan file can only be applied by the version that wrote it. */
  readonly tool: string;
}

const MAGIC = 'FAIRWAY-PLAN/1';
const [SALT, NONCE, TAG] = [16, 12, 16];

/**
 * Seals bytes with AES-256-GCM under a key that scrypt derives from the passphrase with a fresh salt. The layout:
 * a line `FAIRWAY-PLAN/1`, a line of JSON that names what it belongs to, salt (16 bytes), nonce (12), tag (16), and
 * the ciphertext. Both lines are authenticated too, so that nobody can say it belongs elsewhere.
 */
export function seal(content: Buffer, passphrase: string, binding: Binding): Buffer {
  const head = headOf(binding);
  const [salt, nonce] = [randomBytes(SALT), randomBytes(NONCE)];
  const cipher = createCipheriv('aes-256-gcm', keyOf(passphrase, salt), nonce);
  cipher.setAAD(head);
  const text = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([head, salt, nonce, cipher.getAuthTag(), text]);
}

/**
 * Opens what {@link seal} sealed.
 * @throws ActionError 'plan-foreign' when it belongs elsewhere, 'seal-broken' when the key is another or a bit was changed
 */
export function unseal(sealed: Buffer, passphrase: string, binding: Binding): Buffer {
  const head = headOf(binding);
  if (!sealed.subarray(0, head.length).equals(head)) throw foreign(sealed, binding);
  const rest = sealed.subarray(head.length);
  const [salt, nonce, tag, text] = [
    rest.subarray(0, SALT),
    rest.subarray(SALT, SALT + NONCE),
    rest.subarray(SALT + NONCE, SALT + NONCE + TAG),
    rest.subarray(SALT + NONCE + TAG),
  ];
  try {
    const decipher = createDecipheriv('aes-256-gcm', keyOf(passphrase, salt), nonce, { authTagLength: TAG });
    decipher.setAAD(head);
    decipher.setAuthTag(tag);
    return Buffer.concat([decipher.update(text), decipher.final()]);
  } catch (cause) {
    throw new ActionError(
      'seal-broken',
      'The sealed plan does not open: it was changed, or sealed with another key.',
      {
        remedy: "Give both jobs the same secret as 'plan-key', and run the planning job again.",
        cause,
      },
    );
  }
}

function headOf(binding: Binding): Buffer {
  const { repository, commit, workingDirectory, environment, workspace, tool } = binding;
  const facts = { repository, commit, workingDirectory, environment, workspace, tool };
  return Buffer.from(`${MAGIC}\n${JSON.stringify(facts)}\n`);
}

function keyOf(passphrase: string, salt: Buffer): Buffer {
  return scryptSync(passphrase, salt, 32, { N: 2 ** 15, r: 8, p: 1, maxmem: 2 ** 26 });
}

function foreign(sealed: Buffer, binding: Binding): ActionError {
  const [magic, line = ''] = sealed.subarray(0, 4096).toString('utf8').split('\n');
  const found = magic === MAGIC ? factsIn(line) : undefined;
  if (found === undefined) {
    return new ActionError('plan-foreign', 'The artifact is not a plan that this action sealed.', {
      remedy:
        "Name the artifact of the planning job under 'plan-artifact', and use one version of the action in both jobs.",
    });
  }
  const differing = Object.entries(binding).filter(([name, value]) => found[name] !== value);
  const told = differing.map(
    ([name, value]) => `${name} is '${value}' here and was '${String(found[name])}' there`,
  );
  return new ActionError('plan-foreign', `The sealed plan belongs elsewhere: ${told.join('; ')}.`, {
    remedy:
      'Plan and apply the same commit, folder and environment, with the same version of the tool, in one run.',
  });
}

function factsIn(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
