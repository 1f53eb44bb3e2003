import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { info, messageOf, warning } from '@fairway/action-kit';
import { list, tree } from '@fairway/action-kit/tree';
import { type Attestation, type ContentStore, type ImageContent, toTag } from '@fairway/image-registry';
import type { Job } from './job.js';
import { artifactOf } from './part-record.js';

/** What the builder attested of an image, in files that stay until the job ends. */
export interface Evidence {
  /** SPDX documents, one for each platform. */
  readonly sboms: readonly string[];
  /** In-toto statements with SLSA provenance, one for each platform. */
  readonly provenances: readonly string[];
  /** How many packages the SBOMs name; undefined where there is none. */
  readonly packages?: number;
}

/** Predicate types. Source: BuildKit's docs/attestations/{sbom,slsa-provenance}.md; in-toto/attestation, spec/predicates. */
export const SBOM = /spdx\.dev\/Document/;
export const PROVENANCE = /slsa\.dev\/provenance/;

/**
 * Writes the attestations of an image into files. The image stands whether that succeeds or not, and its attestations
 * beside it: what cannot be read is warned of.
 */
export async function gatherEvidence(
  store: ContentStore,
  content: ImageContent,
  folder: string,
): Promise<Evidence> {
  const sboms: string[] = [];
  const provenances: string[] = [];
  let packages: number | undefined;
  await mkdir(folder, { recursive: true });
  for (const { attestation, name } of named(content)) {
    try {
      const statement = await store.blob(attestation.blob);
      if (SBOM.test(attestation.predicate)) {
        const document = tree(JSON.parse(statement)).predicate;
        packages = (packages ?? 0) + packagesOf(document).length;
        sboms.push(await write(join(folder, `sbom-${name}.spdx.json`), JSON.stringify(document)));
      } else if (PROVENANCE.test(attestation.predicate)) {
        provenances.push(await write(join(folder, `provenance-${name}.intoto.json`), statement));
      }
    } catch (error) {
      warning(`The attestation ${attestation.blob} could not be read: ${messageOf(error)}`);
    }
  }
  return { sboms, provenances, ...(packages !== undefined && { packages }) };
}

/** Each attestation with a file name of its own: the platform that it speaks of, numbered where there are more. Pure. */
function named({ images, attestations }: ImageContent): { attestation: Attestation; name: string }[] {
  const seen = new Map<string, number>();
  return attestations.map((attestation) => {
    const platform = images.find(({ digest }) => digest === attestation.about)?.platform ?? 'unknown';
    const key = `${attestation.predicate} ${platform}`;
    const count = (seen.get(key) ?? 0) + 1;
    seen.set(key, count);
    return { attestation, name: `${toTag(platform)}${count > 1 ? `-${count}` : ''}` };
  });
}

/** A package of an SBOM. */
export interface NamedPackage {
  readonly name: string;
  readonly version: string;
}

/**
 * The packages that an SPDX document lists, without the one that stands for all that was looked at. Pure.
 * Source: SPDX 2.3, JSON schema: `packages`, and the relationship DESCRIBES of SPDXRef-DOCUMENT.
 */
export function packagesOf(document: unknown): NamedPackage[] {
  const { packages, relationships } = tree(document);
  const whole = new Set(
    list(relationships)
      .map(tree)
      .filter((relation) => relation.relationshipType === 'DESCRIBES')
      .map((relation) => relation.relatedSpdxElement),
  );
  return list(packages)
    .map(tree)
    .filter(({ SPDXID: id, name }) => !whole.has(id) && typeof name === 'string')
    .map(({ name, versionInfo }) => ({
      name: String(name),
      version: typeof versionInfo === 'string' ? versionInfo : '',
    }));
}

/** Keeps the files as an artifact of the run. The image is there already, and what it is proved by is beside it. */
export async function keepEvidence({ inputs, folder, account }: Job): Promise<void> {
  const files = [...(account.evidence?.sboms ?? []), ...(account.evidence?.provenances ?? [])];
  if (inputs.evidenceArtifact === '' || files.length === 0) return;
  const name = artifactOf(inputs.evidenceArtifact, inputs.image.full);
  const { keepArtifact } = await import('@fairway/artifact-kit');
  try {
    await keepArtifact(name, files, join(folder, EVIDENCE_FOLDER), { replace: true });
    info(`Kept SBOM and provenance as the artifact ${name}.`);
  } catch (error) {
    warning(`SBOM and provenance could not be kept as the artifact '${name}': ${messageOf(error)}`);
  }
}

/** Below the folder of the step. */
export const EVIDENCE_FOLDER = 'evidence';

async function write(path: string, text: string): Promise<string> {
  await writeFile(path, text);
  return path;
}
