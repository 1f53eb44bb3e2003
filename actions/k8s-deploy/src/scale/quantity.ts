const POWERS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/**
 * A quantity as Kubernetes writes it (`250m`, `1Gi`, `2e3`) as a number of its unit: cores, bytes, pieces.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 * @returns undefined for what is none
 */
export function quantity(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i))?$/.exec(value);
  if (!match) return undefined;
  const [, digits = '', exponent = '', unit] = match;
  return Number(`${digits}${exponent}`) * (unit === undefined ? 1 : (POWERS[unit] ?? 1));
}

/** For people: bytes as Mi or Gi, the rest as a number with at most three digits after the point. */
export function written(resource: string, amount: number): string {
  const isBytes = /memory|storage/.test(resource);
  if (!isBytes) return String(Math.round(amount * 1_000) / 1_000);
  const unit = amount >= 2 ** 30 ? 'Gi' : 'Mi';
  return `${Math.round((amount / (POWERS[unit] ?? 1)) * 10) / 10}${unit}`;
}
