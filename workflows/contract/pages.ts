import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { root, type Tree, text } from './repository.ts';

/** A `uses:` in an example, with what it is handed and the outputs that the example reads of it. */
export interface ExampleCall {
  readonly uses: string;
  readonly with: Tree;
  readonly secrets: Tree;
  readonly outputs: readonly string[];
}

const GENERATED = new Set(['node_modules', 'dist', 'lib', 'coverage', 'out', '.git', '.turbo', '.tools']);

/** Every Markdown page of the repository, from its root. */
export const pages = pagesIn('.').toSorted();

function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return GENERATED.has(entry.name) ? [] : pagesIn(path);
    return entry.name.endsWith('.md') ? [path] : [];
  });
}

/** A page without its blocks of code, whose brackets and `#` mean something else. */
export function prose(page: string): string {
  return text(page).replace(/^( *)```[\s\S]*?^\1```$/gm, '');
}

/** The addresses that a page links to or shows as pictures. */
export function linksOf(page: string): string[] {
  const withoutCode = prose(page).replace(/`[^`\n]*`/g, '');
  return [...withoutCode.matchAll(/\]\(([^)\s]+)\)/g)].map(([, address = '']) => address);
}

/** What may follow `#` in a link to a page: each heading as GitHub names it, a repeated one with a number. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const anchors = new Set<string>();
  for (const [, heading = ''] of prose(page).matchAll(/^#{1,6} +(.+?) *$/gm)) {
    const shown = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
    const name = shown.replace(/[^\p{L}\p{N} _-]/gu, '').replaceAll(' ', '-');
    const times = seen.get(name) ?? 0;
    seen.set(name, times + 1);
    anchors.add(times === 0 ? name : `${name}-${times}`);
  }
  return anchors;
}

/** What stands between back-ticks in a page's prose. */
export function codeSpansOf(page: string): string[] {
  return [...prose(page).matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
}

/** Each call in a page's YAML examples. @throws when an example is not YAML */
export function examplesOf(page: string): ExampleCall[] {
  return [...text(page).matchAll(/^( *)```ya?ml\n([\s\S]*?)^\1```$/gm)].flatMap(([, , block = '']) =>
    parseAllDocuments(block).flatMap((document) => {
      if (document.errors.length > 0) throw new Error(`${page}: ${document.errors[0]?.message}\n${block}`);
      return callsIn(document.toJS(), block);
    }),
  );
}

/** The calls anywhere in a tree. What is read of one stands in the same block, by the id of its step or job. */
function callsIn(tree: unknown, block: string, name = ''): ExampleCall[] {
  if (typeof tree !== 'object' || tree === null) return [];
  const node = tree as Tree;
  const inner = Object.entries(node).flatMap(([key, value]) => callsIn(value, block, key));
  if (typeof node.uses !== 'string') return inner;
  const id = typeof node.id === 'string' ? `steps.${node.id}` : `needs.${name}`;
  const read = block.matchAll(new RegExp(`\\b${id}\\.outputs\\.([\\w-]+)`, 'g'));
  const outputs = [...read].map(([, output = '']) => output);
  return [{ uses: node.uses, with: treeOf(node.with), secrets: treeOf(node.secrets), outputs }, ...inner];
}

function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null ? (value as Tree) : {};
}
