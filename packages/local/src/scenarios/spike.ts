import { noStage, type Scenario } from './scenario.js';

/** A campaign: visitors in numbers, until the autoscaler has made more pods and each of them answers its share. */
export const spike: Scenario = {
  name: 'spike',
  title: 'Visitors come in numbers: new pods start, the load spreads, nobody is lost',
  message: '',
  edits: [],
  rush: 'production',
  afterRelease: true,
  secrets: {},
  results: noStage,
  assertions: [
    { kind: 'spread', environment: 'production' },
    { kind: 'serves-throughout', environment: 'production' },
    { kind: 'keeps-photos', environment: 'production' },
    { kind: 'untouched', environment: 'staging' },
  ],
};
