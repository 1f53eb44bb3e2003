import type { BlobStore } from './blob-store.js';
import { type TwirpCall, TwirpError, type TwirpMethods } from './twirp.js';

/** An artifact whose upload has been finalized. */
export interface StoredArtifact {
  readonly id: number;
  readonly run: string;
  readonly job: string;
  readonly name: string;
  readonly size: number;
  /** `sha256:…` */
  readonly digest: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** File with the content (a zip unless it was uploaded unarchived). */
  readonly file: string;
  readonly contentType: string;
  readonly blobId: string;
}

interface Reservation {
  readonly run: string;
  readonly job: string;
  readonly name: string;
  readonly blobId: string;
  readonly expiresAt: Date;
}

const retentionDays = 90;
const dayMs = 86_400_000;
/** Characters that GitHub refuses in artifact names (@actions/artifact, path-and-artifact-name-validation). */
const forbidden = /["<>|*?:\r\n\\/]/;

/** `github.actions.results.api.v1.ArtifactService`, as `@actions/artifact` 6 speaks to it. */
export class ArtifactService {
  static readonly id = 'github.actions.results.api.v1.ArtifactService';
  readonly #blobs: BlobStore;
  readonly #reservations = new Map<string, Reservation>();
  readonly #artifacts = new Map<string, StoredArtifact>();
  #nextId = 1;

  constructor(blobs: BlobStore) {
    this.#blobs = blobs;
  }

  readonly methods: TwirpMethods = {
    CreateArtifact: async (call) => {
      const { run, job } = ids(call);
      const name = call.fields.text('name');
      if (forbidden.test(name))
        throw new TwirpError('invalid_argument', `the artifact name ${name} is not valid`);
      if (this.#find(run, name) || this.#reservations.has(key(run, name))) {
        throw new TwirpError(
          'already_exists',
          'an artifact with this name already exists on the workflow run',
        );
      }
      const expiresAt = new Date(call.fields.optional('expires_at') ?? Date.now() + retentionDays * dayMs);
      const blobId = this.#blobs.newId();
      this.#reservations.set(key(run, name), { run, job, name, blobId, expiresAt });
      return { ok: true, signed_upload_url: this.#blobs.uploadUrl(call.base, blobId) };
    },
    FinalizeArtifact: async (call) => {
      const { run } = ids(call);
      const name = call.fields.text('name');
      const reservation = this.#reservations.get(key(run, name));
      if (!reservation) throw new TwirpError('not_found', `no upload of ${name} is under way`);
      const blob = this.#blobs.find(reservation.blobId);
      if (!blob) throw new TwirpError('failed_precondition', `nothing was uploaded for ${name}`);
      expectEqual('size', call.fields.optional('size') ?? '0', String(blob.size));
      expectEqual('hash', call.fields.optional('hash') ?? blob.digest, blob.digest);
      this.#reservations.delete(key(run, name));
      const { size, digest, file, contentType } = blob;
      const id = this.#nextId++;
      const artifact = { ...reservation, id, size, digest, file, contentType, createdAt: new Date() };
      this.#artifacts.set(key(run, name), artifact);
      return { ok: true, artifact_id: String(id) };
    },
    ListArtifacts: async (call) => {
      const { run } = ids(call);
      const name = call.fields.optional('name_filter');
      const id = call.fields.optional('id_filter');
      const found = this.list(run)
        .filter((artifact) => name === undefined || artifact.name === name)
        .filter((artifact) => id === undefined || String(artifact.id) === id);
      return { artifacts: found.map(monolithArtifact) };
    },
    GetSignedArtifactURL: async (call) => {
      const artifact = this.#require(call);
      return { name: artifact.name, signed_url: this.downloadUrl(call.base, artifact) };
    },
    DeleteArtifact: async (call) => {
      const artifact = this.#require(call);
      this.#artifacts.delete(key(artifact.run, artifact.name));
      await this.#blobs.remove(artifact.blobId);
      return { ok: true, artifact_id: String(artifact.id) };
    },
  };

  /** Finalized artifacts, of one run or of all, oldest first. */
  list(run?: string): StoredArtifact[] {
    const all = [...this.#artifacts.values()];
    return run === undefined ? all : all.filter((artifact) => artifact.run === run);
  }

  downloadUrl(base: string, artifact: StoredArtifact): string {
    const zipped = artifact.contentType === 'application/zip';
    return this.#blobs.downloadUrl(base, artifact.blobId, zipped ? `${artifact.name}.zip` : artifact.name);
  }

  #find(run: string, name: string): StoredArtifact | undefined {
    return this.#artifacts.get(key(run, name));
  }

  #require(call: TwirpCall): StoredArtifact {
    const { run } = ids(call);
    const name = call.fields.text('name');
    const artifact = this.#find(run, name);
    if (!artifact) throw new TwirpError('not_found', `the artifact ${name} does not exist in this run`);
    return artifact;
  }
}

/** A token speaks for one run only. Another job's artifacts of the same run may be read. */
function ids(call: TwirpCall): { run: string; job: string } {
  const run = call.fields.text('workflow_run_backend_id');
  const job = call.fields.text('workflow_job_run_backend_id');
  if (run !== call.identity.run)
    throw new TwirpError('permission_denied', 'the token belongs to another run');
  return { run, job };
}

function monolithArtifact(artifact: StoredArtifact): Record<string, unknown> {
  return {
    workflow_run_backend_id: artifact.run,
    workflow_job_run_backend_id: artifact.job,
    database_id: String(artifact.id),
    name: artifact.name,
    size: String(artifact.size),
    created_at: artifact.createdAt.toISOString(),
    digest: artifact.digest,
  };
}

function expectEqual(what: string, said: string, stored: string): void {
  if (said !== stored) throw new TwirpError('failed_precondition', `the ${what} is ${stored}, not ${said}`);
}

function key(run: string, name: string): string {
  return JSON.stringify([run, name]);
}
