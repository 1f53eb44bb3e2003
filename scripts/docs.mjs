// Writes the tables of inputs, outputs and secrets into the READMEs, from action.yml and the workflow files, between
// the markers `<!-- inputs -->` and `<!-- /inputs -->` and their like. With --check it only says what is out of date.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const check = process.argv.includes('--check');
const stale = [];

for (const name of readdirSync(join(root, 'actions')).toSorted()) {
  const file = join(root, 'actions', name, 'action.yml');
  if (existsSync(file)) fill(join('actions', name), parse(readFileSync(file, 'utf8')));
}
for (const name of readdirSync(join(root, 'workflows'), { withFileTypes: true })) {
  const file = join(root, '.github/workflows', `${name.name}.yml`);
  if (name.isDirectory() && existsSync(file)) {
    fill(join('workflows', name.name), parse(readFileSync(file, 'utf8')).on.workflow_call);
  }
}
if (check && stale.length > 0) {
  console.error(`Out of date: ${stale.join(', ')}. Run:  npm run docs`);
  process.exit(1);
}
console.log(check ? 'The tables in the READMEs are up to date.' : `Wrote ${stale.length} READMEs.`);

function fill(folder, contract) {
  const path = join(root, folder, 'README.md');
  if (!existsSync(path)) {
    stale.push(`${folder}/README.md (missing)`);
    return;
  }
  const before = readFileSync(path, 'utf8');
  const after = ['inputs', 'outputs', 'secrets'].reduce(
    (text, kind) => replaceBetween(text, kind, table(kind, contract[kind] ?? {})),
    before,
  );
  if (after === before) return;
  stale.push(`${folder}/README.md`);
  if (!check) writeFileSync(path, after);
}

function replaceBetween(text, kind, content) {
  const [open, close] = [`<!-- ${kind} -->`, `<!-- /${kind} -->`];
  const start = text.indexOf(open);
  const end = text.indexOf(close);
  if (start < 0 || end < start) return text;
  return `${text.slice(0, start + open.length)}\n${content}\n${text.slice(end)}`;
}

function table(kind, entries) {
  const names = Object.entries(entries);
  if (names.length === 0) return '_None._';
  const withDefault = kind === 'inputs';
  const head = withDefault
    ? '| name | default | what it is |\n| --- | --- | --- |'
    : '| name | what it is |\n| --- | --- |';
  const rows = names.map(([name, entry]) => {
    const cells = [`\`${name}\``, ...(withDefault ? [defaultOf(entry)] : []), cell(entry.description)];
    return `| ${cells.join(' | ')} |`;
  });
  return [head, ...rows].join('\n');
}

function defaultOf(entry) {
  if (entry.required === true && entry.default === undefined) return '**required**';
  const value = String(entry.default ?? '').trim();
  return value === ''
    ? ''
    : value
        .split('\n')
        .map((line) => `\`${line.replaceAll('|', '\\|')}\``)
        .join('<br>');
}

function cell(text) {
  return String(text ?? '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}
