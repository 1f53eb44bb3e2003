import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { ActionError } from '@fairway/action-kit';
import { BUILD_FLAGS } from './go.js';
import type { Recipe } from './recipe.js';

/** What was made, written beside it: which recipe, how long it took, and the SHA-256 of each program. */
export interface Receipt {
  readonly recipe: Recipe;
  readonly madeAt: string;
  readonly seconds: number;
  readonly sha256: Readonly<Record<string, string>>;
}

const RECEIPT = 'receipt.json';

/**
 * The folder of a recipe in the store. Its name holds a digest of everything that decides about the content: the
 * recipe, our own sources it is built from, and the compiler's flags.
 */
export function storeFolder(store: string, recipe: Recipe, assets: string): string {
  const digest = createHash('sha256').update(JSON.stringify({ recipe: recipe.source, flags: BUILD_FLAGS }));
  for (const file of assetFiles(recipe, assets))
    digest.update(relative(assets, file)).update(readFileSync(file));
  return join(store, `${recipe.name}-${recipe.version}-${digest.digest('hex').slice(0, 10)}`);
}

function assetFiles(recipe: Recipe, assets: string): string[] {
  const { source } = recipe;
  const folder =
    source.how === 'go-module'
      ? join(assets, 'go', source.folder)
      : source.how === 'go-patched'
        ? join(assets, source.overlay)
        : undefined;
  if (folder === undefined || !existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((file) => statSync(file).isFile())
    .sort();
}

/** Whether the programs are there as the receipt says; sizes are looked at, sums only by {@link verify}. */
export function isStored(folder: string, recipe: Recipe): boolean {
  return (
    existsSync(join(folder, RECEIPT)) && recipe.programs.every((program) => existsSync(join(folder, program)))
  );
}

/**
 * Makes a recipe's folder in one step: whatever `make` writes appears under its final name only when it is complete.
 * @throws ActionError 'part-incomplete' when a program is missing from what was made
 */
export async function publish(
  store: string,
  folder: string,
  recipe: Recipe,
  make: (out: string, work: string) => Promise<void>,
): Promise<Receipt> {
  mkdirSync(store, { recursive: true });
  const work = mkdtempSync(join(store, '.making-'));
  const out = join(work, 'out');
  mkdirSync(out);
  const began = Date.now();
  try {
    mkdirSync(join(work, 'work'));
    await make(out, join(work, 'work'));
    const sha256: Record<string, string> = {};
    for (const program of recipe.programs) sha256[program] = sumOf(join(out, program), recipe);
    const seconds = (Date.now() - began) / 1000;
    const receipt: Receipt = { recipe, madeAt: new Date().toISOString(), seconds, sha256 };
    writeFileSync(join(out, RECEIPT), `${JSON.stringify(receipt, null, 2)}\n`);
    rmSync(folder, { recursive: true, force: true });
    renameSync(out, folder);
    return receipt;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function sumOf(file: string, recipe: Recipe): string {
  if (!existsSync(file))
    throw new ActionError(
      'part-incomplete',
      `${recipe.name} was made, but ${file.split('/').at(-1)} is not in it.`,
      {
        remedy: 'The recipe and what it makes disagree: correct its list of programs.',
      },
    );
  chmodSync(file, 0o755);
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
