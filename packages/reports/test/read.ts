import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { Collector } from '../src/collect.ts';
import type { Results } from '../src/model.ts';
import { type Format, readReport } from '../src/read.ts';

/** A file that is gone when the test is. */
export function file(content: string | Buffer, name = 'report'): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairway-reports-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

export async function read(content: string | Buffer, as?: Format): Promise<Results & { format: Format }> {
  const collector = new Collector();
  const format = await readReport(file(content), 'report', collector, as);
  return { ...collector.results(), format };
}
