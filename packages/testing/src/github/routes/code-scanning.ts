import { randomUUID } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { notFound, Refusal, type Routes } from '../route.js';

/** GitHub's limits (docs: "SARIF support for code scanning"). */
const compressedLimitBytes = 10 * 1024 * 1024;
const uncompressedLimitBytes = 512 * 1024 * 1024;
const runLimit = 20;
const resultLimit = 25_000;

interface SarifResult {
  readonly message?: { readonly text?: unknown };
  readonly locations?: readonly {
    readonly physicalLocation?: { readonly artifactLocation?: { readonly uri?: unknown } };
  }[];
}

interface SarifRun {
  readonly tool?: { readonly driver?: { readonly name?: unknown } };
  readonly results?: readonly SarifResult[];
  readonly automationDetails?: { readonly id?: string };
}

export const codeScanningRoutes: Routes = {
  'code-scanning/upload-sarif': {
    permissions: ['security-events:write'],
    handle: (call) => {
      const sha = String(call.body.commit_sha);
      if (!call.state.hasCommit(sha)) throw notFound();
      const sarif = decodeSarif(String(call.body.sarif));
      const upload = {
        id: randomUUID(),
        commit_sha: sha,
        ref: String(call.body.ref),
        category: sarif.runs[0]?.automationDetails?.id,
        sarif,
      };
      call.state.sarifs.push(upload);
      return {
        status: 202,
        body: { id: upload.id, url: `${call.repositoryUrl}/code-scanning/sarifs/${upload.id}` },
      };
    },
  },
  'code-scanning/get-sarif': {
    permissions: ['security-events:read'],
    handle: (call) => {
      const upload = call.state.sarifs.find(({ id }) => id === call.params.sarif_id);
      if (!upload) throw notFound();
      const analyses = `${call.repositoryUrl}/code-scanning/analyses?sarif_id=${upload.id}`;
      return { status: 200, body: { processing_status: 'complete', analyses_url: analyses, errors: null } };
    },
  },
};

/**
 * Undoes gzip and Base64 and checks what GitHub needs of a SARIF 2.1.0 document.
 * @throws Refusal 400 or 413 with the reason; GitHub accepts some of these and fails them later, out of sight
 */
export function decodeSarif(encoded: string): { runs: readonly SarifRun[] } {
  const compressed = Buffer.from(encoded, 'base64');
  if (compressed.length > compressedLimitBytes) throw refuse('the upload is larger than 10 MB', 413);
  const sarif = parse(compressed);
  if (sarif.version !== '2.1.0') throw refuse(`the version is ${String(sarif.version)}, not 2.1.0`);
  if (!Array.isArray(sarif.runs)) throw refuse('runs is missing');
  const runs = sarif.runs as readonly SarifRun[];
  if (runs.length > runLimit) throw refuse(`${runs.length} runs, the limit is ${runLimit}`);
  for (const run of runs) checkRun(run);
  return { ...sarif, runs };
}

function checkRun(run: SarifRun): void {
  if (typeof run.tool?.driver?.name !== 'string') throw refuse('a run has no tool.driver.name');
  const results = run.results ?? [];
  if (results.length > resultLimit)
    throw refuse(`${results.length} results in a run, the limit is ${resultLimit}`);
  for (const result of results) {
    if (typeof result.message?.text !== 'string') throw refuse('a result has no message.text');
    const uri = result.locations?.[0]?.physicalLocation?.artifactLocation?.uri;
    if (typeof uri !== 'string')
      throw refuse('a result has no locations[0].physicalLocation.artifactLocation.uri');
  }
}

function parse(compressed: Buffer): { version?: unknown; runs?: unknown } {
  try {
    const text = gunzipSync(compressed, { maxOutputLength: uncompressedLimitBytes }).toString('utf8');
    return JSON.parse(text) as { version?: unknown; runs?: unknown };
  } catch {
    throw refuse('sarif is not gzip-compressed JSON in Base64');
  }
}

function refuse(reason: string, status = 400): Refusal {
  return new Refusal(status, `Invalid SARIF: ${reason}`, { mistake: true });
}
