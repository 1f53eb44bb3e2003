import { ActionError } from '@fairway/action-kit';

const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3,
};

/** Bytes from `200MB`, `1.5GiB`, `4096`. @throws ActionError 'bad-input' */
export function parseByteSize(name: string, text: string): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  const factor = UNITS[unit.toUpperCase() || 'B'];
  if (number !== '' && factor !== undefined) return Math.round(Number(number) * factor);
  throw new ActionError(
    'bad-input',
    `The input '${name}' is '${text.slice(0, 60)}'; it must be a size such as 200MiB.`,
    {
      remedy: `Write it under 'with:', for example  ${name}: 200MiB`,
    },
  );
}
