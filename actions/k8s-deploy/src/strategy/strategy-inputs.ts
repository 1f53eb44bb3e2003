import { ActionError, duration, flag, oneOf, secret, text, workspacePath } from '@fairway/action-kit';
import { maskLogin } from '../login.js';
import { parseSteps } from './steps.js';

export const STRATEGIES = ['rolling', 'canary', 'blue-green'] as const;
export const TRAFFIC = ['auto', 'replicas', 'weights'] as const;

/** How a new version takes the place of the stable one. Durations in milliseconds. */
export interface Strategy {
  readonly kind: (typeof STRATEGIES)[number];
  /** Percent of the requests in each step of a canary, rising, each below 100. */
  readonly steps: readonly number[];
  readonly stepMs: number;
  /** Whether routes of the release give a canary its share by weight: where there are any, never, or without fail. */
  readonly traffic: (typeof TRAFFIC)[number];
  /** Leave the new version on trial after its last step, for a person to promote or reject. */
  readonly pause: boolean;
  /** How long the old colour is kept after the switch; undefined: until the next release. */
  readonly keepOldMs: number | undefined;
  /** Absolute path of the analysis file, or empty. */
  readonly analysis: string;
  readonly prometheusUrl: string;
  readonly prometheusToken: string;
  readonly datadog: { readonly site: string; readonly apiKey: string; readonly appKey: string };
}

/**
 * @param withFiles whether files that are named must be there
 * @throws ActionError 'bad-input'
 */
export function readStrategy({ withFiles }: { readonly withFiles: boolean }): Strategy {
  const kind = oneOf('strategy', STRATEGIES, { default: 'rolling' });
  const strategy: Strategy = {
    kind,
    steps: parseSteps(text('steps', { default: '10,50,100' })),
    stepMs: duration('step-duration', { default: '1m' }),
    traffic: oneOf('traffic', TRAFFIC, { default: 'auto' }),
    pause: flag('pause'),
    keepOldMs: text('keep-old') === '' ? undefined : duration('keep-old'),
    analysis: workspacePath('analysis', { mustExist: withFiles }),
    prometheusUrl: text('prometheus-url'),
    prometheusToken: secret('prometheus-token'),
    datadog: {
      site: text('datadog-site', { default: 'datadoghq.com' }),
      apiKey: secret('datadog-api-key'),
      appKey: secret('datadog-app-key'),
    },
  };
  maskLogin(strategy.prometheusUrl);
  if (kind === 'rolling') {
    for (const input of ['analysis', 'keep-old'] as const) refuseAlone(input, text(input) !== '');
    refuseAlone('pause', strategy.pause);
  }
  if (strategy.traffic === 'weights' && kind !== 'canary') {
    throw new ActionError('bad-input', `'traffic: weights' has no meaning with 'strategy: ${kind}'.`, {
      remedy: "Add  strategy: canary , or take 'traffic' out.",
    });
  }
  return strategy;
}

/** An input that has no effect would make people believe in a check that is none. */
function refuseAlone(input: string, isGiven: boolean): void {
  if (!isGiven) return;
  throw new ActionError('bad-input', `The input '${input}' has no meaning with 'strategy: rolling'.`, {
    remedy: `Add  strategy: canary  (or blue-green), or take '${input}' out.`,
  });
}
