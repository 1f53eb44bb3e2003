import { posix, relative, sep } from 'node:path';
import { context, md, type Outputs, writeSummary } from '@fairway/action-kit';
import { ecosystemOf } from '@fairway/ecosystem';
import { changeOf, isTrusted } from './change.js';
import type { Inputs } from './inputs.js';
import { dockerfileIn, infrastructureIn, overlaysIn } from './places.js';

/** The outputs before anything was looked at. */
export const NOTHING = {
  ecosystem: 'none',
  'version-file': '',
  dockerfile: '',
  infrastructure: '',
  overlays: '',
  tests: false,
  change: 'other',
  trusted: false,
};

type Found = {
  -readonly [K in keyof typeof NOTHING]: (typeof NOTHING)[K] extends boolean ? boolean : string;
};

export async function run(inputs: Inputs, outputs: Outputs<Found>): Promise<void> {
  const here = context();
  const base = relative(here.workspace, inputs.folder).split(sep).join('/');
  const fromRoot = (path: string) => (path === '' ? '' : posix.join(base, path));
  const ecosystem = ecosystemOf(inputs.folder);
  const found: Found = {
    ecosystem: ecosystem.name,
    'version-file': fromRoot(ecosystem.versionFile),
    dockerfile: dockerfileIn(inputs.folder, inputs.dockerfile),
    infrastructure: fromRoot(infrastructureIn(inputs.folder, inputs.infrastructure)),
    overlays: fromRoot(overlaysIn(inputs.folder, inputs.deploy)),
    tests: ecosystem.name !== 'none',
    change: changeOf(here),
    trusted: isTrusted(here),
  };
  for (const [name, value] of Object.entries(found)) outputs.set(name as keyof Found, value);
  await writeSummary(summaryOf(found));
}

function summaryOf(found: Found): string {
  const rows = Object.entries(found).map(([name, value]) => [
    md.text(name),
    value === '' ? '–' : md.code(String(value)),
  ]);
  return `${md.heading(3, 'What the pipeline found')}\n\n${md.table(['', ''], rows)}`;
}
