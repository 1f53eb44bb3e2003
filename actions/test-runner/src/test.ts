import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ActionError, context, group, info } from '@fairway/action-kit';
import { type FileIndex, indexOf, type RunRecord, resolvePath, writeRecord } from '@fairway/reports';
import { type Coverage, CoverageCollector, readCoverage } from '@fairway/reports/coverage';
import { upload } from './artifacts.js';
import { type Outcome, runAttempts } from './attempts.js';
import { conclude, concludeShard } from './conclusion.js';
import { listFiles } from './files.js';
import { chooseFramework, type Framework, type Selection } from './frameworks/index.js';
import type { Inputs, Shard } from './inputs.js';
import { install } from './install.js';
import type { Outputs } from './outputs.js';
import { groundOf } from './placement.js';
import { shardUnits } from './plan.js';
import { openProject, type Project } from './project.js';
import { subjectOf } from './subject.js';

/** The file of a record in its artifact. */
export const RECORD_FILE = 'results.json';

/** Mode `run`: a shard, whose results are handed on, or everything, which is judged and reported at once. */
export async function test(inputs: Inputs, outputs: Outputs): Promise<void> {
  const { workspace, temp } = context();
  const tracked = await listFiles(workspace);
  const files = inputs.folder === workspace ? tracked : await listFiles(inputs.folder);
  const project = openProject(inputs.folder, workspace, files);
  const framework = chooseFramework(inputs, project);
  outputs.set('framework', framework.name);
  outputs.set('ecosystem', framework.ecosystem);
  info(`Framework: ${framework.name}.`);
  await group('Install', () => install(inputs, framework, project));
  const part = inputs.shard === undefined ? 'all' : `${inputs.shard.index}-of-${inputs.shard.count}`;
  const out = join(temp, 'fairway-tests', `${inputs.artifactName}-${part}`);
  // A self-hosted runner may still have an earlier run's.
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const record = await runTests(inputs, framework, project, indexOf(tracked), out);
  const path = join(out, RECORD_FILE);
  await writeFile(path, writeRecord(record));
  outputs.set('report-path', path);
  if (inputs.shard === undefined) return conclude(inputs, outputs, [record], await subjectOf(inputs));
  if (inputs.upload) await upload(`${inputs.artifactName}-${part}`, [path], out);
  return concludeShard(inputs, outputs, record);
}

async function runTests(
  inputs: Inputs,
  framework: Framework,
  project: Project,
  index: FileIndex,
  out: string,
): Promise<RunRecord> {
  const { minimumCoverage, minimumPatchCoverage, maximumCoverageDrop } = inputs;
  const wanted = [minimumCoverage, minimumPatchCoverage, maximumCoverageDrop].some(
    (limit) => limit !== undefined,
  );
  const task = {
    inputs,
    framework,
    project,
    index,
    coverage: { wanted, partial: inputs.shard !== undefined },
    out,
  };
  const outcome = await runAttempts(task, await select(inputs, framework, project));
  return {
    shard: inputs.shard === undefined ? '' : name(inputs.shard),
    framework: framework.name,
    ecosystem: framework.ecosystem,
    command: outcome.command,
    startedAt: outcome.startedAt,
    wallMs: outcome.wallMs,
    attempts: outcome.attempts,
    results: outcome.results,
    coverage: await coverageOf(outcome, project, index),
  };
}

async function select(inputs: Inputs, framework: Framework, project: Project): Promise<Selection> {
  const { shard } = inputs;
  // One shard is everything, and what everything is the framework knows best.
  if (shard === undefined || shard.count === 1) return {};
  const units = await group('Shard', () => shardUnits(inputs, shard, framework, project));
  info(`Shard ${name(shard)}: ${units.length} files.`);
  if (units.length > 0) return { files: units };
  // Without a file the framework would run everything.
  throw new ActionError('empty-shard', `Shard ${name(shard)} has no test file.`, {
    remedy:
      "Take the matrix from mode 'plan', which makes no more shards than there are files, or lower the count.",
  });
}

function name(shard: Shard): string {
  return `${shard.index}/${shard.count}`;
}

async function coverageOf(outcome: Outcome, project: Project, index: FileIndex): Promise<Coverage> {
  const collector = new CoverageCollector();
  const ground = groundOf(project, index);
  for (const path of outcome.coverageFiles) {
    const problem = await readCoverage(path, path.slice(project.folder.length + 1), collector);
    if (problem !== undefined) info(`The coverage report ${path} is not whole: ${problem}.`);
  }
  return collector.coverage((path) => resolvePath(path, ground));
}
