/** What kind of failure it was; `code` of the error that the action ends with. */
export type FailureCode =
  | 'step-failed'
  | 'missing-source'
  | 'dockerfile-invalid'
  | 'context-unreadable'
  | 'not-lent'
  | 'registry-denied'
  | 'registry-missing'
  | 'registry-unreachable'
  | 'registry-busy'
  | 'builder-unreachable'
  | 'builder-unsuited'
  | 'old-buildx'
  | 'out-of-space'
  | 'build-failed';

/** How a failure is told by buildx's last words, and what its user is told. */
export interface Rule {
  readonly code: FailureCode;
  readonly pattern: RegExp;
  readonly transient?: boolean;
  readonly cause: string;
  readonly remedy: string;
}

/** In order: what a program in a RUN step printed must never be taken for the registry's answer. */
export const RULES: readonly Rule[] = [
  {
    code: 'step-failed',
    pattern: /did not complete successfully|executor failed running|process ".*" did not/i,
    cause: 'A step of the Dockerfile failed',
    remedy:
      'The step’s own output is above and in the job summary. Run it locally with the same build arguments.',
  },
  {
    code: 'out-of-space',
    pattern: /no space left on device/i,
    cause: 'The builder’s disk is full',
    remedy: 'Free space in a step before this one, or prune the builder:  docker buildx prune --all --force',
  },
  {
    code: 'missing-source',
    pattern:
      /failed to (?:compute cache key|calculate checksum).*not found|COPY failed.*(?:not found|no such file)/i,
    cause: 'The Dockerfile copies something that is not there',
    remedy:
      'Check the path, that it is below the build context, and that .dockerignore does not leave it out.',
  },
  {
    code: 'not-lent',
    pattern: /secret \S+: not found|unset ssh forward key|no ssh (?:handler|forward)|forwardAgent.*not/i,
    cause: 'A step mounts a secret or an SSH agent that the build was not lent',
    remedy:
      'Lend it under the id that the Dockerfile names:  secrets: id=ENV_NAME  with the value in env, or  ssh: default  with an agent in SSH_AUTH_SOCK',
  },
  {
    code: 'context-unreadable',
    pattern:
      /(?:git stderr|failed to fetch remote).*(?:returned error: (?:429|5\d\d)|connection reset|timed out|early EOF|RPC failed|unexpected disconnect)/i,
    transient: true,
    cause: 'The git repository, or the way to it, failed for a moment',
    remedy: 'Run the job again. If it stays, look at the status page of whoever hosts the repository.',
  },
  {
    code: 'context-unreadable',
    pattern:
      /failed to fetch remote|repository does not contain ref|git stderr|error fetching.*git|failed to load git/i,
    cause: 'The git repository could not be read',
    remedy:
      'Check its address, ref and folder (https://host/repository.git#ref:folder). A private one needs a token:  secrets: GIT_AUTH_TOKEN=TOKEN  with the value in env',
  },
  {
    code: 'dockerfile-invalid',
    pattern:
      /dockerfile parse error|unknown instruction|failed to (?:parse|read) dockerfile|target stage .* could not be found|failed to process ".*"|file with no instructions|requires (?:at least|exactly) .* argument/i,
    cause: 'The Dockerfile cannot be understood',
    remedy: 'Mend the line that is named; the last lines above are BuildKit’s own account.',
  },
  {
    code: 'builder-unsuited',
    pattern:
      /(?:cache export|attestations?|multi(?:ple)?[- ]platforms?|OCI exporter|exporter).*not (?:currently )?supported|not supported for the docker driver|no match for platform|exec format error|entitlement .* not allowed/i,
    cause: 'This builder cannot do what is asked of it',
    remedy:
      'Use a builder in a container (docker/setup-buildx-action), docker/setup-qemu-action for foreign platforms, or set  cache: none, provenance: false',
  },
  {
    code: 'old-buildx',
    pattern: /unknown flag|invalid progress mode|unknown shorthand flag/i,
    cause: 'This buildx is too old',
    remedy: 'Use buildx 0.14 or newer: add docker/setup-buildx-action before this step.',
  },
  {
    code: 'builder-unreachable',
    pattern:
      /no builder ".*" found|Cannot connect to the Docker daemon|failed to (?:list workers|find driver|initialize builder)|error reading server preface|rpc error: code = Unavailable.*(?:dial|transport)|driver not connecting|timed out connecting to|unable to connect to/i,
    cause: 'The builder cannot be reached',
    remedy:
      'Start Docker, add docker/setup-buildx-action before this step, or check the address given in the input  builder',
  },
  {
    code: 'registry-busy',
    pattern: /\b429\b|too many requests|toomanyrequests|rate limit/i,
    transient: true,
    cause: 'The registry is limiting requests',
    remedy:
      'Log in to the registry (logged-in users have higher limits), or pull base images through a mirror.',
  },
  {
    code: 'registry-denied',
    pattern:
      /\b401\b|\b403\b|unauthorized|authentication required|authorization failed|insufficient_scope|access (?:to the resource is )?denied|\bdenied:|no basic auth credentials|forbidden/i,
    cause: 'The registry refused access',
    remedy:
      'Check username and password; for ghcr.io the job needs  permissions: packages: write  and  password: ${{ github.token }}, and the package must grant this repository access.',
  },
  {
    code: 'registry-busy',
    pattern:
      /\b50[0234]\b|internal server error|bad gateway|service unavailable|gateway time-?out|connection reset|broken pipe|unexpected EOF|: EOF\b|TLS handshake timeout|i\/o timeout|context deadline exceeded|use of closed network connection|blob upload unknown|http2: .*GOAWAY/i,
    transient: true,
    cause: 'The registry, or the way to it, failed for a moment',
    remedy: 'Run the job again. If it stays, look at the registry’s status page, or give more  retries: 5',
  },
  {
    code: 'registry-unreachable',
    pattern:
      /connection refused|no such host|server misbehaving|network is unreachable|no route to host|http: server gave HTTP response to HTTPS client|certificate/i,
    transient: true,
    cause: 'The registry cannot be reached',
    remedy:
      'Check the host and port in the input  image. A registry on this machine without TLS needs  registry-insecure: true',
  },
  {
    code: 'registry-missing',
    pattern: /\b404\b|name unknown|repository .* (?:not found|does not exist)|manifest unknown|: not found/i,
    cause: 'The registry does not know that image or repository',
    remedy:
      'Check the names of the base image and of the input  image. Some registries need a repository to be created first.',
  },
];
