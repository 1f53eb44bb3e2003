import { ActionError } from '@fairway/action-kit';

/**
 * Reads `10,50,100`: the share of requests, in percent, that the new version gets in each step. The last step may be
 * left to mean 100, which is the roll-out itself.
 * @throws ActionError 'bad-input'
 */
export function parseSteps(text: string): number[] {
  const steps = text
    .split(/[\s,]+/)
    .filter((word) => word !== '')
    .map((word) => (/^\d{1,3}%?$/.test(word) ? Number.parseInt(word, 10) : Number.NaN));
  const isRising = steps.every((step, index) => step >= 1 && step <= 100 && step > (steps[index - 1] ?? 0));
  if (isRising && steps.length > 0 && steps.length <= 20 && steps[0] !== 100) {
    return steps.filter((step) => step < 100);
  }
  throw new ActionError(
    'bad-input',
    `The input 'steps' is '${text.slice(0, 100)}'; it must be percentages that rise, the first of them below 100.`,
    {
      remedy: 'Write, for example,  steps: 10,50,100',
    },
  );
}

/**
 * Replicas that give the new version `percent` of the requests, beside `stable` untouched ones that share them evenly:
 * rounded up, at least one, and never more than there are stable ones, since half of the requests is the most that can
 * be had without taking anything from the stable version.
 */
export function replicasFor(percent: number, stable: number): number {
  const wanted = Math.ceil((stable * percent) / (100 - Math.min(percent, 99)));
  return Math.max(1, Math.min(wanted, Math.max(1, stable)));
}

/**
 * Replicas that bear `percent` of the requests as well as the stable ones bear theirs, where routes give the share by
 * weight: rounded up, at least one.
 */
export function replicasForWeight(percent: number, stable: number): number {
  return Math.max(1, Math.ceil((stable * percent) / 100));
}

/** The share that so many replicas really get, in whole percent. */
export function shareOf(candidate: number, stable: number): number {
  return Math.round((100 * candidate) / (candidate + stable));
}
