import { type ImageContent, largestSize } from '@fairway/image-registry';
import { dockerfileSteps } from './build-trace.js';
import { PROVENANCE, SBOM } from './evidence.js';
import type { Job } from './job.js';
import type { Out } from './outputs.js';

/** Sets every output from what is known by now; called on success and failure alike. */
export function report({ inputs, account }: Job, outputs: Out): void {
  const steps = account.trace ? dockerfileSteps(account.trace) : [];
  outputs.set('digest', account.digest);
  outputs.set('reference', account.digest === '' ? '' : `${inputs.image.full}@${account.digest}`);
  outputs.set('metadata', JSON.stringify(account.metadata ?? {}));
  outputs.set('pushed', account.pushed);
  outputs.set('size', largestSize(account.content?.images ?? []));
  outputs.set('cache-hits', steps.filter(({ cached }) => cached).length);
  outputs.set('steps', steps.length);
  outputs.set('provenance', attestation(account.content, PROVENANCE));
  outputs.set('sbom', attestation(account.content, SBOM));
  outputs.set('sbom-path', account.evidence?.sboms.join('\n') ?? '');
  outputs.set('provenance-path', account.evidence?.provenances.join('\n') ?? '');
  outputs.set('packages', account.evidence?.packages ?? 0);
  outputs.set('scan-result', account.scan?.result ?? '');
  outputs.set('findings', account.scan?.findings ?? 0);
  outputs.set('sarif-path', account.scan?.sarifPath ?? '');
  outputs.set('layout', account.layout ?? '');
  outputs.set('signature', account.signature ?? '');
  outputs.set('result', account.succeeded ? 'success' : 'failure');
}

/** The digest of an attestation, to be fetched from the same repository as a blob. */
function attestation(content: ImageContent | undefined, type: RegExp): string {
  return content?.attestations.find(({ predicate }) => type.test(predicate))?.blob ?? '';
}
