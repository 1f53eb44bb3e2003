/** Signs in a bar: more do not fit a table on a phone. */
const WIDTH = 24;

/**
 * A moment of a rollout drawn: new replicas (of one that does not roll, ready ones), places that are still open, and old ones that are left, from
 * the words that `progressOf` tells of them. Empty for what is not counted.
 */
export function replicaBar(detail: string): string {
  const rolling = /^(\d+) of (\d+) new ones, (\d+) old ones left/.exec(detail);
  const settled = /^(\d+) of (\d+) ready(?:, (\d+) of the old ones left)?/.exec(detail);
  const [, done = '', wanted = '', old = '0'] = rolling ?? settled ?? [];
  if (done === '') return '';
  const counts = [Number(done), Math.max(0, Number(wanted) - Number(done)), Number(old)];
  const total = counts.reduce((sum, count) => sum + count, 0);
  const scale = Math.min(1, WIDTH / Math.max(1, total));
  const part = (sign: string, count = 0) =>
    sign.repeat(count === 0 ? 0 : Math.max(1, Math.round(count * scale)));
  return `${part('■', counts[0])}${part('□', counts[1])}${part('·', counts[2])}`;
}
