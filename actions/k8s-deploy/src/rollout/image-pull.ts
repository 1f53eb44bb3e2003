/** Why an image cannot be had. */
export interface PullProblem {
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
  /** It cannot heal by trying again. */
  readonly final: boolean;
}

/** Words of containerd, CRI-O and the registries behind them, each with what it means. The first that fits counts. */
const PROBLEMS: readonly {
  readonly words: RegExp;
  readonly problem: (image: string) => Omit<PullProblem, 'message'>;
}[] = [
  {
    words: /no match for platform|no matching manifest|exec format error/i,
    problem: (image) => ({
      code: 'image-platform',
      remedy: `Build ${repository(image)} for the platform of the nodes too (docker-build: platforms).`,
      final: true,
    }),
  },
  {
    words:
      /pull access denied|unauthorized|authentication required|no basic auth|\b401\b|\b403\b|denied|forbidden/i,
    problem: (image) => ({
      code: 'image-unauthorized',
      remedy: `The cluster may not pull from ${registryOf(image)}: name a pull secret in the pod's imagePullSecrets (or on its service account), make the package public, or check that the name is right: registries also answer so when there is no such repository.`,
      final: true,
    }),
  },
  {
    words: /not found|manifest unknown|name unknown|\b404\b|does not exist/i,
    problem: (image) => ({
      code: 'image-not-found',
      remedy: `Push ${image} before deploying it, and deploy the digest that the push gave; check the repository's name.`,
      final: true,
    }),
  },
  {
    words: /x509|certificate|server gave HTTP response to HTTPS client/i,
    problem: (image) => ({
      code: 'image-registry-tls',
      remedy: `The nodes do not trust ${registryOf(image)}: give their container runtime its certificate, or serve the registry over HTTPS.`,
      final: true,
    }),
  },
];

/** Reads what the kubelet says about a pull that failed. What is not recognised counts as passing: networks recover. */
export function pullProblem(image: string, said: string): PullProblem {
  const found = PROBLEMS.find(({ words }) => words.test(withoutImage(said, image)));
  const cause = innermost(withoutImage(said, image));
  const quoted = `image ${image} cannot be pulled${cause === '' ? '' : `: ${cause}`}`;
  if (found) return { ...found.problem(image), message: quoted };
  return {
    code: 'image-pull',
    message: quoted,
    remedy: `See whether the nodes reach ${registryOf(image)}: name resolution, firewall, proxy, the registry's rate limit.`,
    final: false,
  };
}

/** An image may itself be called `not-found`; only what the registry says counts. */
function withoutImage(said: string, image: string): string {
  return said.replaceAll(image, '').replaceAll(repository(image), '');
}

/** `rpc error: code = NotFound desc = failed to pull …: not found` → its last clauses, which say what it is. */
function innermost(said: string): string {
  const clauses = said.replace(/\s+/g, ' ').trim().split(': ');
  const telling = clauses.filter(
    (clause) => /[a-z]/i.test(clause) && !/reference ""?$|image ""?$/.test(clause),
  );
  return telling.slice(-2).join(': ').slice(0, 300);
}

function repository(image: string): string {
  return (image.split('@')[0] ?? image).replace(/:[^/:]*$/, '');
}

function registryOf(image: string): string {
  const [first = ''] = image.split('/');
  return image.includes('/') && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}
