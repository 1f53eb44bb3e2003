import { ActionError } from '@fairway/action-kit';
import { list, number, string, tree } from '@fairway/action-kit/tree';

/** What an API server said when it refused. Source: the Status kind of meta/v1. */
export class ApiError extends ActionError {
  /** The HTTP status; 0 when no answer came. */
  readonly status: number;
  /** Kubernetes' own word for it: `Conflict`, `Invalid`, `Forbidden` … */
  readonly reason: string;
  readonly causes: readonly Cause[];

  constructor(
    answer: { status: number; reason: string; message: string; causes: readonly Cause[] },
    doing: string,
  ) {
    super(answer.status === 401 ? 'unauthorized' : 'api-refused', `${doing}: ${answer.message}`, {
      remedy: remedyFor(answer.status, answer.message),
    });
    this.status = answer.status;
    this.reason = answer.reason;
    this.causes = answer.causes;
  }
}

export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field: string;
}

/** Reads an error answer; a body that is no Status (from a proxy in between) is quoted in short. */
export function readRefusal(status: number, body: Buffer, doing: string): ApiError {
  const parsed = tree(parse(body));
  const isStatus = parsed.kind === 'Status';
  const message = isStatus
    ? string(parsed.message)
    : body.toString('utf8').replace(/\s+/g, ' ').slice(0, 300);
  const causes = list(tree(parsed.details).causes)
    .map(tree)
    .map((cause) => ({
      reason: string(cause.reason),
      message: string(cause.message),
      field: string(cause.field),
    }));
  return new ApiError(
    { status, reason: string(parsed.reason), message: message || `HTTP ${status}`, causes },
    doing,
  );
}

/** The refusal inside a watch's ERROR event. */
export function readWatchError(object: unknown): { readonly status: number; readonly message: string } {
  const status = tree(object);
  return { status: number(status.code), message: string(status.message) };
}

export function hasStatus(error: unknown, ...statuses: readonly number[]): error is ApiError {
  return error instanceof ApiError && statuses.includes(error.status);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function remedyFor(status: number, message: string): string {
  if (status === 401) {
    return 'The cluster does not know these credentials: the token has expired or belongs to another cluster. Renew the kubeconfig secret, or use the cloud’s short-lived credentials (OIDC).';
  }
  if (status === 403) {
    if (/exceeded quota/.test(message))
      return 'Raise the ResourceQuota of the namespace, or ask for less in the manifests.';
    return 'Give the deploying account the permission that the message names, with a Role and RoleBinding in that namespace.';
  }
  if (status === 404 && /namespaces? "/.test(message)) {
    return "The namespace does not exist. Create it with your infrastructure, or add 'create-namespace: true'.";
  }
  if (status === 404)
    return 'Check that the kind and its version exist in this cluster: a CustomResourceDefinition may be missing.';
  if (status === 409) return 'Something else changed it at the same time. Run the job again.';
  if (status === 422 || status === 400) return 'Mend the field that the message names in the manifest.';
  // The API server answers 500 to a manifest that its schema has no place for.
  if (/^failed to (create typed patch object|convert new object)/.test(message)) {
    return 'Mend the field that the message names in the manifest.';
  }
  if (/webhook/.test(message))
    return 'An admission webhook refused or did not answer: satisfy its rule, or see whether its pods run.';
  return 'See whether the API server is healthy, and run the job again.';
}
