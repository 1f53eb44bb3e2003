import { ActionError, messageOf } from '@fairway/action-kit';

function codeOf(error: Error): string {
  return 'code' in error ? String(error.code) : '';
}

/** Nobody listens there, so that nothing can have been carried out. */
export function isRefused(error: Error): boolean {
  return codeOf(error) === 'ECONNREFUSED';
}

/** It will not pass by itself. */
export function isCertificateTrouble(error: Error): boolean {
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ERR_SSL|ERR_TLS|ERR_OSSL/.test(codeOf(error));
}

/** What ends a run whose API server does not answer, with the likely mistake. */
export function unreachable(server: string, error: Error, doing: string): ActionError {
  const said = messageOf(error) || codeOf(error);
  const remedy = isCertificateTrouble(error)
    ? "The certificate is not one that the kubeconfig's certificate-authority-data vouches for, or not for this name: renew the kubeconfig, or set tls-server-name in it."
    : /ENOTFOUND|EAI_AGAIN/.test(codeOf(error))
      ? 'The name does not resolve from this runner: check the server address in the kubeconfig; a private cluster needs a runner in its network or a proxy-url.'
      : 'Check the server address in the kubeconfig, that the cluster runs, and that this runner may reach it (firewall, private endpoint, proxy-url).';
  return new ActionError('unreachable', `${doing}: the API server at ${server} does not answer (${said}).`, {
    remedy,
    cause: error,
  });
}
