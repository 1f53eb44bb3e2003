import { glob } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ActionError, context, group, info } from '@fairway/action-kit';
import { Collector, indexOf, parseRecord, type RunRecord, readReport } from '@fairway/reports';
import { download, hasArtifacts, readJson } from './artifacts.js';
import { conclude } from './conclusion.js';
import { listFiles } from './files.js';
import type { Inputs } from './inputs.js';
import type { Outputs } from './outputs.js';
import { place } from './placement.js';
import { openProject } from './project.js';
import { type Subject, subjectOf } from './subject.js';
import { RECORD_FILE } from './test.js';

/** Mode `report`: what all shards (or result files that something else wrote) say, judged once and told once. */
export async function report(inputs: Inputs, outputs: Outputs): Promise<void> {
  const subject = await subjectOf(inputs);
  const records =
    inputs.reports.length > 0
      ? [await fromFiles(inputs)]
      : await group('Results of the shards', () => fromArtifacts(inputs, subject));
  if (records.length === 0) {
    throw new ActionError(
      'no-results',
      `This run has no artifact named '${inputs.artifactName}-…' with test results.`,
      {
        remedy: hasArtifacts()
          ? "Check that a job with mode 'run' and a 'shard' ran before this one, and that both have the same 'artifact-name'."
          : "This runner offers no artifact service. Name result files instead:  reports: 'out/**/*.xml'",
      },
    );
  }
  const [first] = records;
  outputs.set('framework', first?.framework ?? '');
  outputs.set('ecosystem', first?.ecosystem ?? '');
  return conclude(inputs, outputs, records, subject);
}

async function fromArtifacts(inputs: Inputs, subject: Subject): Promise<RunRecord[]> {
  const prefix = `${inputs.artifactName}-`;
  const elsewhere = subject.foreign ? { runId: subject.runId, token: inputs.token } : undefined;
  const isShard = (name: string) =>
    name.startsWith(prefix) && /^\d{1,3}-of-\d{1,3}$/.test(name.slice(prefix.length));
  const folders = await download(isShard, join(context().temp, 'fairway-tests', 'downloads'), elsewhere);
  const records: RunRecord[] = [];
  for (const [name, folder] of folders) {
    const record = parseRecord(await readJson(folder, RECORD_FILE));
    if (record === undefined) {
      throw new ActionError('bad-artifact', `The artifact '${name}' holds no test results.`, {
        remedy: 'Give other artifacts names that do not look like a shard’s, and run the shard again.',
      });
    }
    // Which shard it is, is told by the name that the runner gave it, not by what is inside.
    records.push({ ...record, shard: name.slice(prefix.length).replace('-of-', '/') });
    info(`${name}: ${record.results.totals.tests} tests.`);
  }
  return records.toSorted((a, b) => a.shard.localeCompare(b.shard, 'en', { numeric: true }));
}

/** Result files that another step wrote. Nothing is known of its exit code; a red step is red by itself. */
async function fromFiles(inputs: Inputs): Promise<RunRecord> {
  const { workspace } = context();
  const tracked = await listFiles(workspace);
  const project = openProject(inputs.folder, workspace, tracked);
  const collector = new Collector();
  let files = 0;
  for (const pattern of inputs.reports) {
    for await (const path of glob(pattern, {
      cwd: inputs.folder,
      exclude: (name) => name.endsWith('node_modules'),
    })) {
      files++;
      await readReport(resolve(inputs.folder, path), path, collector);
    }
  }
  if (files === 0) {
    throw new ActionError('no-results', `No file matches 'reports' in '${inputs.folder}'.`, {
      remedy: 'Check the pattern, and that the step that writes the files ran before this one, in this job.',
    });
  }
  const results = place(collector.results(), project, indexOf(tracked));
  const nothing = { attempts: [], coverage: new Map(), startedAt: 0, command: '', shard: '' };
  return { ...nothing, framework: 'custom', ecosystem: 'other', wallMs: results.totals.durationMs, results };
}
