import { posix, relative, sep } from 'node:path';
import { context, md, notice, type Outputs, writeSummary } from '@fairway/action-kit';
import { ecosystemOf } from '@fairway/ecosystem';
import { changeOf, isTrusted } from './change.js';
import type { Inputs } from './inputs.js';
import { checkBakeFiles, dockerfileIn, infrastructureIn, otherModules, overlaysIn } from './places.js';

/** The outputs before anything was looked at. */
export const NOTHING = {
  ecosystem: 'none',
  'version-file': '',
  dockerfile: '',
  image: false,
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
  const module = infrastructureIn(inputs.folder, inputs.infrastructure);
  const others = inputs.infrastructure === '' ? otherModules(inputs.folder, module) : [];
  if (others.length > 0) sayWhichModule(module, others);
  const dockerfile = dockerfileIn(inputs.folder, inputs.dockerfile);
  checkBakeFiles(here.workspace, inputs.bakeFiles);
  const found: Found = {
    ecosystem: ecosystem.name,
    'version-file': fromRoot(ecosystem.versionFile),
    dockerfile,
    image: dockerfile !== '' || inputs.bakeFiles.length > 0,
    infrastructure: fromRoot(module),
    overlays: fromRoot(overlaysIn(inputs.folder, inputs.deploy)),
    tests: ecosystem.name !== 'none',
    change: changeOf(here),
    trusted: isTrusted(here),
  };
  for (const [name, value] of Object.entries(found)) outputs.set(name as keyof Found, value);
  await writeSummary(summaryOf(found));
}

function sayWhichModule(module: string, others: readonly string[]): void {
  const more = others.length > 5 ? ` and ${others.length - 5} more` : '';
  notice(
    `Of the modules below 'infra', the first is planned and applied: ${module}, not ${others.slice(0, 5).join(', ')}${more}. ` +
      `Say which is meant:  infrastructure: ${module}`,
  );
}

function summaryOf(found: Found): string {
  const rows = Object.entries(found).map(([name, value]) => [
    md.text(name),
    value === '' ? '–' : md.code(String(value)),
  ]);
  return `${md.heading(3, 'What the pipeline found')}\n\n${md.table(['', ''], rows)}`;
}
