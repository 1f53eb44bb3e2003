import { mkdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, context, formatDuration, group, info, md, writeSummary } from '@fairway/action-kit';
import { download, hasArtifacts, readJson, upload } from './artifacts.js';
import { listFiles } from './files.js';
import { chooseFramework, type Framework, testUnits } from './frameworks/index.js';
import { NO_HISTORY } from './history.js';
import type { Inputs, Shard } from './inputs.js';
import { recall } from './memory.js';
import type { Outputs } from './outputs.js';
import { openProject, type Project } from './project.js';
import { type ShardPlan, shardCount, spread, type Unit, unitsOfShard, weigh } from './shards.js';

const PLAN_FILE = 'plan.json';

/** Mode `plan`: how many shards, and which files go to which. */
export async function plan(inputs: Inputs, outputs: Outputs): Promise<void> {
  const { workspace } = context();
  const project = openProject(inputs.folder, workspace, await listFiles(inputs.folder));
  const framework = chooseFramework(inputs, project);
  outputs.set('framework', framework.name);
  outputs.set('ecosystem', framework.ecosystem);
  const units = await weighedUnits(inputs, framework, project);
  const count =
    inputs.shards === 'auto' ? shardCount(units, inputs.targetDurationMs, inputs.maxShards) : inputs.shards;
  // An empty shard would only cost a machine. A framework that cannot choose files runs as one.
  const shards = spread(units, Math.max(1, Math.min(count, units.length)));
  await keepPlan(inputs, shards);
  const include = shards.map((shard, index) => ({
    shard: `${index + 1}/${shards.length}`,
    files: shard.units.length,
    'expected-seconds': Math.round(shard.expectedMs / 1000),
  }));
  outputs.set('matrix', JSON.stringify({ include }));
  outputs.set('shard-count', shards.length);
  outputs.set('tests', 0);
  outputs.set('result', 'passed');
  await tell(framework, shards);
}

async function weighedUnits(inputs: Inputs, framework: Framework, project: Project): Promise<Unit[]> {
  const names = testUnits(framework, project);
  if (names === undefined) {
    info(`${framework.name} cannot be told which files to test, so there is one shard.`);
    return [];
  }
  if (names.length === 0) {
    throw new ActionError('no-tests', `No test file of ${framework.name} was found in '${project.folder}'.`, {
      remedy:
        "Check 'working-directory', and that the files are named as the framework expects. Files that only the project's settings name are found when tests run without shards.",
    });
  }
  const { timings } = await group('Earlier timings', () => recall(inputs));
  const known = names.filter((name) => timings.has(name)).length;
  info(
    `${names.length} test ${framework.name === 'go' ? 'packages' : 'files'}, ${known} with earlier timings.`,
  );
  const sizes = known < names.length ? await sizesOf(names, project.folder) : undefined;
  return weigh(names, timings, sizes);
}

/** Bytes by file. A package is a folder, whose size says nothing: it has none. */
async function sizesOf(names: readonly string[], folder: string): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for (const name of names) {
    const found = await stat(join(folder, name)).catch(() => undefined);
    if (found?.isFile()) sizes.set(name, found.size);
  }
  return sizes;
}

/** The plan is an artifact of the run, so that every shard works from the same one, even when it runs again. */
async function keepPlan(inputs: Inputs, shards: readonly ShardPlan[]): Promise<void> {
  const folder = join(context().temp, 'fairway-tests', `${inputs.artifactName}-plan`);
  await mkdir(folder, { recursive: true });
  const path = join(folder, PLAN_FILE);
  await writeFile(path, JSON.stringify({ shards: shards.map(({ units }) => units) }));
  if (inputs.upload && hasArtifacts()) await upload(`${inputs.artifactName}-plan`, [path], folder);
}

async function tell(framework: Framework, shards: readonly ShardPlan[]): Promise<void> {
  const rows = shards.map(({ units, expectedMs }, index) => [
    `${index + 1}/${shards.length}`,
    `${units.length}`,
    formatDuration(expectedMs),
  ]);
  for (const [shard, files, expected] of rows) info(`Shard ${shard}: ${files} files, about ${expected}.`);
  await writeSummary(
    md.details(
      `Test plan: ${shards.length} shards of ${framework.name}`,
      md.table(['shard', 'files', 'expected'], rows),
    ),
  );
}

/**
 * The units of a shard: by the run's plan and what the framework finds now. Without a plan it is made here, without
 * timings, which depend on the moment: every shard must come to the same.
 */
export async function shardUnits(
  inputs: Inputs,
  shard: Shard,
  framework: Framework,
  project: Project,
): Promise<string[]> {
  const names = testUnits(framework, project);
  if (names === undefined) {
    throw new ActionError(
      'no-shards',
      `${framework.name} cannot be told which files to test, so it cannot be sharded.`,
      {
        remedy: "Leave out 'shard', or take the matrix that mode 'plan' gives: it has one shard then.",
      },
    );
  }
  const planned =
    (await fetchPlan(inputs, shard)) ??
    spread(weigh(names, NO_HISTORY.timings), shard.count).map(({ units }) => units);
  const found = await nativeUnits(framework, project);
  const { units, strays, gone } = unitsOfShard(planned, shard.index, found);
  if (strays.length > 0) info(`Not in the plan, and run here: ${strays.join(', ')}`);
  if (gone.length > 0)
    info(`In the plan, but ${framework.name} does not take them for tests: ${gone.join(', ')}`);
  return units;
}

async function fetchPlan(inputs: Inputs, shard: Shard): Promise<string[][] | undefined> {
  const name = `${inputs.artifactName}-plan`;
  const folders = await download((artifact) => artifact === name, join(context().temp, 'fairway-tests'));
  const folder = folders.get(name);
  const document = folder === undefined ? undefined : await readJson(folder, PLAN_FILE);
  const shards =
    typeof document === 'object' && document !== null && 'shards' in document ? document.shards : undefined;
  if (!Array.isArray(shards) || shards.length !== shard.count) {
    info('There is no plan of this run for so many shards; files are spread evenly.');
    return undefined;
  }
  return shards.map((units: unknown) =>
    // A name that begins with a dash would be an option.
    Array.isArray(units)
      ? units.filter((unit): unit is string => typeof unit === 'string' && !unit.startsWith('-'))
      : [],
  );
}

/** The framework's own list tells what its settings add or leave out. Where it fails, the plan stands as it is. */
async function nativeUnits(framework: Framework, project: Project): Promise<readonly string[] | undefined> {
  try {
    const found = await framework.list?.(project);
    return found?.length === 0 ? undefined : found;
  } catch {
    info(`${framework.name} did not list its test files; the plan stands as it is.`);
    return undefined;
  }
}
