import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { context, group, info, messageOf, warning } from '@fairway/action-kit';
import { readContent, trustAlso } from '@fairway/image-registry';
import type { Registry } from '@fairway/image-registry/open';
import { EVIDENCE_FOLDER, gatherEvidence, keepEvidence } from './evidence.js';
import type { Inputs } from './inputs.js';
import type { Job } from './job.js';
import { identityLogins, loginFor } from './login.js';
import { isPart, type Naming, nameImage } from './naming.js';
import type { Out } from './outputs.js';
import { report } from './report.js';
import type { Signing } from './signing.js';
import { type Account, writeAccount } from './summary.js';
import type { TrustInputs } from './trust-inputs.js';
import { openWorkplace } from './workplace.js';

/** Names the image, builds it, looks at it before it goes out where that is asked, pushes it, and says what came of it. */
export async function run(given: Inputs, outputs: Out): Promise<void> {
  // A key that cannot be used must not cost a build; what is not pushed is not signed.
  const signing = given.push ? await openSigning(given.trust) : undefined;
  if (given.authorities.length > 0) await trustAlso(given.authorities);
  const folder = await openWorkplace(context().temp);
  const inputs = { ...given, logins: [...given.logins, ...(await identityLogins(given.identities, given))] };
  if (inputs.build.context.kind === 'folder' && inputs.build.context.missing) {
    const { generate } = await import('./generate.js');
    await generate(inputs, inputs.build.context, outputs);
    if (inputs.build.generate === 'propose') return;
  }
  if (inputs.phase === 'sign') {
    const { signEach } = await import('./signing.js');
    await signEach(inputs, outputs, (one) => runOne(one, outputs, folder, signing));
    return;
  }
  if (inputs.bake.files.length === 0) {
    await runOne(inputs, outputs, folder, signing);
    return;
  }
  const { bake } = await import('./bake.js');
  await bake(inputs, outputs, folder, async (one, own) => {
    await mkdir(own);
    return runOne(one, outputs, own, signing);
  });
}

/** All of it for one image. */
async function runOne(
  inputs: Inputs,
  outputs: Out,
  folder: string,
  signing: Signing | undefined,
): Promise<Account> {
  const where = context();
  const account: Account = {
    phase: inputs.phase,
    image: inputs.image.full,
    pushed: false,
    tags: [],
    digest: '',
    checks: [],
  };
  const registry = await openRegistryFor(inputs);
  const job: Job = { inputs, where, folder, account, ...(registry && { registry }) };
  try {
    if (inputs.phase === 'verify') {
      const { verifyPhase } = await import('./verify.js');
      await verifyPhase(job);
    } else if (inputs.phase === 'sign') {
      const { signPhase } = await import('./signing.js');
      await signPhase(job, signing);
    } else {
      await make(job, await name(job, outputs), signing);
    }
    account.succeeded = true;
    return account;
  } finally {
    registry?.close();
    report(job, outputs);
    await writeAccount(account);
  }
}

async function make(job: Job, naming: Naming, signing: Signing | undefined): Promise<void> {
  const { inputs } = job;
  if (inputs.phase === 'build') {
    const { buildPhase } = await import('./build-phase.js');
    await buildPhase(job, naming);
  } else if (inputs.phase === 'merge') {
    const { mergePhase } = await import('./merge.js');
    await mergePhase(job, naming);
  } else {
    const { pushPhase } = await import('./gate.js');
    await pushPhase(job);
  }
  await describe(job);
  await keepEvidence(job);
  if (isPart(inputs) && job.account.pushed) {
    const { handOver } = await import('./hand-over.js');
    await handOver(job);
  }
  if (signing && job.account.pushed) {
    const { signImage } = await import('./signing.js');
    await signImage(job, signing);
  }
}

async function openSigning(trust: TrustInputs): Promise<Signing | undefined> {
  if (trust.signKey === '' && !trust.signKeyless) return undefined;
  return (await import('./signing.js')).openSigning(trust);
}

/** The registry's own interface is spoken only where something is pushed, or read. */
async function openRegistryFor(inputs: Inputs): Promise<Registry | undefined> {
  if (!inputs.push && inputs.checks.compareWith === '' && inputs.phase !== 'verify') return undefined;
  const { openRegistry } = await import('@fairway/image-registry/open');
  const login = loginFor(inputs.logins, inputs.image.registry);
  const registry = await openRegistry(inputs.image, login, inputs.insecure, inputs.retries + 1);
  if (inputs.push && login) await registry.checkPush();
  return registry;
}

async function name({ inputs, where, registry, account }: Job, outputs: Out): Promise<Naming> {
  const naming = await nameImage(inputs, where, inputs.push ? registry?.repository : undefined);
  account.tags = naming.tags;
  outputs.set('tags', naming.references.join('\n'));
  outputs.set('labels', [...naming.labels].map(([key, value]) => `${key}=${value}`).join('\n'));
  if (isPart(inputs)) return naming;
  await group('Tags', async () => {
    for (const reference of naming.references) info(reference);
  });
  return naming;
}

/** Reads back what is in the registry now: sizes and attestations as the next to pull it will find them. */
async function describe({ inputs, registry, folder, account }: Job): Promise<void> {
  if (account.content || !account.pushed || registry === undefined || account.digest === '') return;
  try {
    account.content = await readContent(registry.repository, account.digest);
    account.evidence = await gatherEvidence(
      registry.repository,
      account.content,
      join(folder, EVIDENCE_FOLDER),
    );
  } catch (error) {
    // The image is pushed; that its size cannot be told is no reason to fail.
    warning(`The pushed image could not be read back from ${inputs.image.registry}: ${messageOf(error)}`);
  }
}
