import { noStage, type Scenario } from './scenario.js';

/** Somebody takes production back by hand, from the Actions page: workflows/deploy/rollback.yml. */
export const rollback: Scenario = {
  name: 'rollback',
  title: 'Somebody takes production back by hand: it runs the release before',
  message: '',
  edits: [],
  dispatch: {
    workflow: 'rollback.yml',
    inputs: { environment: 'production', revision: '' },
    jobs: { 'back / Roll back production': 'success', 'back / Diff production': 'skipped' },
  },
  afterRelease: true,
  afterSecond: true,
  secrets: {},
  results: noStage,
  assertions: [
    { kind: 'runs-release-before', environment: 'production' },
    { kind: 'recorded', environment: 'production', states: ['good'] },
    { kind: 'sets', job: 'back / Roll back production', outputs: { 'deploy.result': 'rolled-back' } },
    { kind: 'serves-throughout', environment: 'production' },
    { kind: 'keeps-photos', environment: 'production' },
    { kind: 'untouched', environment: 'staging' },
    { kind: 'nothing-built' },
  ],
};
