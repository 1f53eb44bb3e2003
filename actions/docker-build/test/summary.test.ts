import { describe, expect, it } from 'vitest';
import { BuildTrace } from '../src/build-trace.ts';
import { type Account, sections } from '../src/summary.ts';

const digest = `sha256:${'d'.repeat(64)}`;
const account: Account = {
  phase: 'build',
  image: 'ghcr.io/acme/app',
  tags: ['main'],
  digest,
  pushed: true,
  checks: [],
  succeeded: true,
};
const textOf = (given: Partial<Account>) =>
  sections({ ...account, ...given })
    .map(({ body }) => body)
    .join('\n\n');

function trace(
  ...steps: { name: string; from: number; to: number; cached?: boolean; error?: string }[]
): BuildTrace {
  const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds)).toISOString();
  const made = new BuildTrace();
  for (const [index, { name, from, to, cached, error }] of steps.entries()) {
    const vertex = { digest: String(index), name, started: at(from), completed: at(to), cached, error };
    made.read(JSON.stringify({ vertexes: [vertex] }));
  }
  return made;
}

describe('the summary', () => {
  it('draws the steps in the order in which they ran', () => {
    const text = textOf({
      trace: trace({ name: '[2/2] RUN late', from: 6, to: 12 }, { name: '[1/2] RUN early', from: 0, to: 6 }),
    });
    const rows = text.split('\n').filter((line) => line.includes('RUN'));
    expect(rows[0]).toBe(`| \`[1/2] RUN early\` | 6.0 s | \`${'█'.repeat(12)}\` |`);
    expect(rows[1]).toBe(`| \`[2/2] RUN late\` | 6.0 s | \`${'·'.repeat(12)}${'█'.repeat(12)}\` |`);
  });

  it('counts what came from the cache', () => {
    const steps = trace(
      { name: '[1/2] FROM x', from: 0, to: 0, cached: true },
      { name: '[2/2] COPY . .', from: 0, to: 1 },
    );
    expect(textOf({ trace: steps })).toContain('| From cache | 1 of 2 steps |');
  });

  it('says how to pull, inspect and verify exactly what was pushed, and only what is there', () => {
    const attested = (predicate: string) => ({ predicate, blob: digest, about: digest });
    const content = { images: [], attestations: [attested('https://spdx.dev/Document')] };
    const evidence = { sboms: ['x'], provenances: [], packages: 29 };
    const text = textOf({ content, evidence, signature: 'ghcr.io/acme/app:sha256-d.sig' });
    expect(text).toContain('| SBOM | 29 packages |');
    expect(text).toContain(`imagetools inspect ghcr.io/acme/app@${digest} --format '{{ json .SBOM }}'`);
    expect(text).not.toContain('.Provenance');
    expect(text).toContain(`cosign verify --insecure-ignore-tlog --key sign.pub ghcr.io/acme/app@${digest}`);
    expect(textOf({ content })).not.toContain('cosign');
  });

  it('says how to verify what nobody has a key for', () => {
    const signer = {
      identity: 'https://github.com/acme/app/.github/workflows/ci.yml@refs/heads/a&b',
      issuer: 'https://token.actions.githubusercontent.com',
    };
    const text = textOf({ signature: `ghcr.io/acme/app@${digest}`, signer });
    expect(text).toContain(
      `cosign verify --certificate-identity '${signer.identity}' --certificate-oidc-issuer ${signer.issuer} ghcr.io/acme/app@${digest}`,
    );
    expect(text).not.toContain('--key');
  });

  it('tells what the scan found before it tells of sizes', () => {
    const scan = {
      result: 'blocked',
      findings: 1,
      sarifPath: '',
      sections: [{ title: 'verdict', body: '### Image scan: blocked', priority: 110 }],
    };
    const content = {
      images: [{ platform: 'linux/amd64', digest, size: 1, layers: [], labels: {} }],
      attestations: [],
    };
    const text = textOf({ scan, content, succeeded: false, pushed: false });
    expect(text.indexOf('Image scan: blocked')).toBeGreaterThan(text.indexOf('Image failed'));
    expect(text.indexOf('Image scan: blocked')).toBeLessThan(text.indexOf('linux/amd64:'));
  });

  it('shows the step that failed, and no tags that were never given', () => {
    const failed = trace({ name: '[1/1] RUN <img src=x>', from: 0, to: 1, error: 'exit code: 1' });
    const text = textOf({ trace: failed, succeeded: false, pushed: false, digest: '' });
    expect(text).toContain('❌ Image failed');
    expect(text).toContain('exit code: 1');
    expect(text).not.toContain('`main`');
    expect(text.replaceAll(/`[^`]*`/g, '')).not.toContain('<img');
  });

  it('tells size and growth for each platform, layers largest first', () => {
    const layer = (size: number, createdBy: string, isNew: boolean) => ({ digest, size, createdBy, isNew });
    const sizes = [
      {
        platform: 'linux/arm64',
        size: 3072,
        before: 1024,
        layers: [layer(2048, 'COPY big', true), layer(1024, 'COPY small', false)],
      },
    ];
    const text = textOf({ sizes });
    expect(text).toContain('linux/arm64: 3.00 KiB');
    expect(text).toContain('+2.00 KiB against before');
    expect(text).toMatch(/\| 2\.00 KiB \| new \| `COPY big` \|\n\| 1\.00 KiB \| {2}\| `COPY small` \|/);
  });

  it('says verified or refused where nothing was built', () => {
    expect(textOf({ phase: 'verify', pushed: false })).toContain('✅ Image verified');
    expect(textOf({ phase: 'verify', pushed: false, succeeded: false })).toContain('❌ Image refused');
  });
});
