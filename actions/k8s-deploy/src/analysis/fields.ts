import { ActionError } from '@fairway/action-kit';

const TERMS = /^(?:(\d{1,4})h)?(?:(\d{1,5})m)?(?:(\d{1,6})s)?(?:(\d{1,9})ms)?$/;

/** Reads one mapping of the analysis file. Every complaint names the place; a field that nobody asked for is one. */
export class Fields {
  readonly place: string;
  readonly #values: Readonly<Record<string, unknown>>;
  readonly #known = new Set<string>();

  /** @throws ActionError 'bad-analysis' when the value is no mapping */
  constructor(value: unknown, place: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw badAnalysis(`${place} must be a mapping (lines of 'name: value')`);
    }
    this.place = place;
    this.#values = value as Readonly<Record<string, unknown>>;
  }

  has(name: string): boolean {
    this.#known.add(name);
    return Object.hasOwn(this.#values, name) && this.#values[name] !== null;
  }

  text(name: string): string {
    if (!this.has(name)) return '';
    const value = this.#values[name];
    if (typeof value !== 'string' || value.trim() === '') throw this.#bad(name, 'a text');
    return value.trim();
  }

  number(name: string): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#bad(name, 'a number');
    return value;
  }

  integer(name: string, bounds: { min: number; max: number; default: number }): number {
    const value = this.number(name) ?? bounds.default;
    if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return value;
    throw this.#bad(name, `a whole number from ${bounds.min} to ${bounds.max}`);
  }

  /** Milliseconds, from `500ms`, `30s`, `5m`, `1h30m`. */
  milliseconds(name: string): number | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    const terms = typeof value === 'string' && value !== '' ? TERMS.exec(value) : null;
    if (!terms) throw this.#bad(name, 'a duration with its unit, such as 30s, 5m or 1h30m');
    const [, hours = 0, minutes = 0, seconds = 0, rest = 0] = terms;
    return Number(hours) * 3_600_000 + Number(minutes) * 60_000 + Number(seconds) * 1000 + Number(rest);
  }

  words(name: string): string[] {
    if (!this.has(name)) return [];
    const value = this.#values[name];
    const isWords =
      Array.isArray(value) && value.length > 0 && value.every((word) => typeof word === 'string');
    if (!isWords || value[0] === '') throw this.#bad(name, 'a list of texts, the program first');
    return value;
  }

  /** A mapping of names to texts; undefined where it is none. */
  named(name: string): Readonly<Record<string, string>> | undefined {
    if (!this.has(name)) return undefined;
    const value = this.#values[name];
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    const entries = Object.entries(value);
    const isNamed = entries.every(([key, text]) => /^[a-z]\w{0,39}$/i.test(key) && typeof text === 'string');
    if (!isNamed || entries.length === 0)
      throw this.#bad(name, 'a text, or texts under names of letters and digits');
    return Object.fromEntries(entries);
  }

  oneOf<T extends string>(name: string, allowed: readonly T[]): T | undefined {
    if (!this.has(name)) return undefined;
    const found = allowed.find((one) => one === this.#values[name]);
    if (found === undefined) throw this.#bad(name, `one of ${allowed.join(', ')}`);
    return found;
  }

  fields(name: string): Fields | undefined {
    return this.has(name) ? new Fields(this.#values[name], this.#at(name)) : undefined;
  }

  list(name: string): { readonly value: unknown; readonly place: string }[] {
    if (!this.has(name)) return [];
    const value = this.#values[name];
    if (!Array.isArray(value)) throw this.#bad(name, 'a list');
    return value.map((item, index) => ({ value: item, place: `${this.#at(name)}[${index}]` }));
  }

  /** Call it last. @throws ActionError 'bad-analysis' for a field that was not read */
  end(): void {
    const unknown = Object.keys(this.#values).find((name) => !this.#known.has(name));
    if (unknown === undefined) return;
    throw badAnalysis(
      `${this.place} has the field '${unknown.slice(0, 80)}', and there is none of that name; there are ${[...this.#known].join(', ')}`,
    );
  }

  #at(name: string): string {
    return this.place === TOP ? name : `${this.place}.${name}`;
  }

  #bad(name: string, wanted: string): ActionError {
    return badAnalysis(`${this.#at(name)} must be ${wanted}`);
  }
}

/** The place of the outermost mapping. */
export const TOP = 'the file';

export function badAnalysis(message: string, cause?: unknown): ActionError {
  return new ActionError('bad-analysis', `The analysis file: ${message}.`, {
    remedy:
      'Mend that place in the file that the input `analysis` names; the README of k8s-deploy shows the format.',
    cause,
  });
}
