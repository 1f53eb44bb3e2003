import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { group, info, md, messageOf, warning, writeSummary } from '@fairway/action-kit';
import { ecosystemOf } from '@fairway/ecosystem';
import {
  type Base,
  dockerfileText,
  folderProject,
  type Proposal,
  proposeDockerfile,
} from '@fairway/ecosystem/dockerfile';
import { parseImageName } from '@fairway/image-registry';
import { openRegistry } from '@fairway/image-registry/open';
import type { BuildContext } from './build-context.js';
import type { Inputs } from './inputs.js';
import { loginFor } from './login.js';
import type { Out } from './outputs.js';

type Folder = Extract<BuildContext, { kind: 'folder' }>;

/**
 * Proposes a Dockerfile, and writes it where one was looked for. What is there already is never overwritten.
 * @throws ActionError 'cannot-generate'
 */
export async function generate(inputs: Inputs, context: Folder, outputs: Out): Promise<void> {
  await group('Propose a Dockerfile', async () => {
    const proposal = proposeDockerfile(folderProject(context.path), ecosystemOf(context.path).name);
    const digests = await digestsOf(
      proposal.bases.filter(({ argument }) => !inputs.build.buildArgs.has(argument)),
      inputs,
    );
    const text = dockerfileText(proposal, digests);
    await mkdir(dirname(context.dockerfile), { recursive: true });
    await writeFile(context.dockerfile, text, { flag: 'wx' });
    const ignore = join(context.path, '.dockerignore');
    if (!existsSync(ignore)) await writeFile(ignore, `${proposal.ignore.join('\n')}\n`, { flag: 'wx' });
    for (const line of text.trimEnd().split('\n')) info(line);
    outputs.set('dockerfile', context.shown);
    if (inputs.build.generate === 'propose') outputs.set('result', 'success');
    warning(
      `There was no Dockerfile: one was guessed for ${proposal.language} and written to ${context.shown}. Look at what it took for granted, and commit it with its .dockerignore.`,
      { title: 'Proposed Dockerfile' },
    );
    await writeSummary(summaryOf(proposal, text, context.shown));
  });
}

/** What the bases' tags are at this moment. One that cannot be asked for stays as it is, with a warning. */
async function digestsOf(bases: readonly Base[], inputs: Inputs): Promise<Map<string, string>> {
  const digests = new Map<string, string>();
  for (const { argument, image, tag } of bases) {
    const name = parseImageName(image);
    const registry = await openRegistry(
      name,
      loginFor(inputs.logins, name.registry),
      false,
      inputs.retries + 1,
    );
    try {
      const found = await registry.repository.find(tag);
      if (found === undefined) warning(`${image} has no tag ${tag}; put one that it has in its place.`);
      else digests.set(argument, found.digest);
    } catch (error) {
      warning(`${image}:${tag} is not pinned by its digest: ${messageOf(error)}`);
    } finally {
      registry.close();
    }
  }
  return digests;
}

function summaryOf(proposal: Proposal, text: string, path: string): string {
  return [
    md.heading(3, `A Dockerfile for ${proposal.language}`),
    `Proposed as ${md.code(path)}. What it took for granted:`,
    proposal.guesses.map((guess) => `- ${md.text(guess)}`).join('\n'),
    md.details('The Dockerfile', md.codeBlock(text, 'dockerfile')),
  ].join('\n\n');
}
