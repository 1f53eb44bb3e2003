import type { Finding } from '@fairway/reports/findings';

/** What a scanner of images has to work with. */
export interface ImageScope {
  /** The folder of the OCI layout. */
  readonly layout: string;
  /** Of the image or index in it. */
  readonly digest: string;
  /** SPDX documents of the image, as files. */
  readonly sboms: readonly string[];
  /** In-toto statements with the image's provenance, as files. */
  readonly provenances: readonly string[];
  /** The Dockerfile, relative to the repository's root: where findings are shown. */
  readonly dockerfile: string;
  /** A configuration of gitleaks, or empty for its own. */
  readonly gitleaksConfig: string;
  /** A folder of our own. */
  readonly temp: string;
  readonly mirror: string;
  readonly timeoutMs: number;
}

/** Scans and gives its findings; throws an ActionError where it could not. */
export type ImageScanner = (scope: ImageScope) => Promise<Finding[]>;
