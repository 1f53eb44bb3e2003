import type { JobResult } from '../engine/act-log.js';
import type { Edit } from '../engine/consumer.js';
import { forCloudRegistries, noStage, type Scenario } from './scenario.js';

/** A colour that the page has in one commit only, so that an answer tells its version. */
const cream = '#fff8e7';
const ivory = '#fffff0';

const style = (change: Edit['change']): readonly Edit[] => [{ file: 'public/style.css', change }];

const deploys: Readonly<Record<string, JobResult>> = {
  'preview / Image / Build': 'success',
  [`preview / Image / ${forCloudRegistries}`]: 'skipped',
  'preview / Image / Merge': 'skipped',
  'preview / Image / Sign': 'skipped',
  'preview / Preview': 'success',
};
const onlyRemoves: Readonly<Record<string, JobResult>> = {
  'preview / Image': 'skipped',
  'preview / Preview': 'success',
};

const namespace = 'photo-app-pr-9';
const host = 'pr-9.preview.example.com';

/**
 * The life of a pull request with workflows/preview/caller.yml: it is opened, pushed to, closed, opened again, and closed
 * while GitHub loses the run. The one that is scheduled finds what that left.
 */
export const preview: Scenario = {
  name: 'preview',
  title: 'A pull request has an environment of its own, until it is closed, or swept away',
  message: 'Warm the page',
  edits: [],
  previewed: {
    number: 9,
    branch: 'warm-page',
    host,
    path: '/assets/style.css',
    chapters: [
      {
        event: 'opened',
        edits: style((before) => `${before.trimEnd()}\n\nbody {\n  background: ${cream};\n}\n`),
        jobs: deploys,
      },
      { event: 'synchronize', edits: style((before) => before.replace(cream, ivory)), jobs: deploys },
      { event: 'closed', jobs: onlyRemoves },
      { event: 'reopened', jobs: deploys },
      { event: 'closed', lost: true, jobs: {} },
      { event: 'schedule', jobs: onlyRemoves },
    ],
  },
  afterRelease: false,
  secrets: {},
  results: noStage,
  assertions: [
    { kind: 'preview-runs', after: 'opened' },
    { kind: 'preview-answers', after: 'opened', words: [cream] },
    { kind: 'preview-told', after: 'opened', words: [`https://${host}`], deployment: 'success' },
    { kind: 'preview-runs', after: 'synchronize' },
    { kind: 'preview-answers', after: 'synchronize', words: [ivory] },
    { kind: 'preview-told', after: 'synchronize', words: [`https://${host}`], deployment: 'success' },
    { kind: 'preview-gone', after: 'closed' },
    { kind: 'preview-told', after: 'closed', words: ['removed', 'closed'], deployment: 'inactive' },
    { kind: 'preview-runs', after: 'reopened' },
    { kind: 'preview-answers', after: 'reopened', words: [ivory] },
    { kind: 'preview-told', after: 'reopened', words: [`https://${host}`], deployment: 'success' },
    {
      kind: 'sets',
      job: 'schedule: preview / Preview',
      outputs: { 'preview.result': 'swept', 'preview.removed': `["${namespace}"]` },
    },
    { kind: 'preview-gone', after: 'schedule' },
    { kind: 'preview-told', after: 'schedule', words: ['removed', 'closed'], deployment: 'inactive' },
    { kind: 'commented', marker: 'k8s-preview:photo-app', words: [] },
    { kind: 'nothing-built' }, // of what staging and production run
    { kind: 'untouched', environment: 'staging' },
    { kind: 'untouched', environment: 'production' },
  ],
};
