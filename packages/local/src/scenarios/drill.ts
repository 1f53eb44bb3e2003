import { noStage, type Scenario } from './scenario.js';

/** The scheduled failover drill, workflows/deploy/drill.yml: pods are deleted and the node drained, and no request is lost. */
export const drill: Scenario = {
  name: 'drill',
  title: 'The failover drill: pods are deleted and the node is drained under load, and no request is lost',
  message: '',
  edits: [],
  dispatch: {
    workflow: 'drill.yml',
    inputs: { rate: '10', duration: '20s' },
    jobs: { 'drill / Drill staging': 'success', 'drill / Diff staging': 'skipped' },
  },
  afterRelease: true,
  secrets: {},
  results: noStage,
  assertions: [
    { kind: 'replaced', environment: 'staging' },
    { kind: 'runs-what-ran-before', environment: 'staging' },
    { kind: 'serves-throughout', environment: 'staging' },
    {
      kind: 'sets',
      job: 'drill / Drill staging',
      outputs: { 'deploy.result': 'passed', 'deploy.failed': '0' },
    },
    { kind: 'keeps-photos', environment: 'staging' },
    { kind: 'untouched', environment: 'production' },
    { kind: 'nothing-built' },
  ],
};
