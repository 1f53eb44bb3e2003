import { ActionError } from '@fairway/action-kit';

/** Which BuildKit builds: the machine's current builder, one named, or one at an address. */
export type BuilderChoice =
  | { readonly kind: 'current' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'remote'; readonly address: string; readonly tls?: BuilderTls };

/** What a BuildKit behind mutual TLS is shown, in PEM form. */
export interface BuilderTls {
  readonly ca: string;
  readonly cert: string;
  readonly key: string;
}

/** @throws ActionError 'bad-input' for what is neither a builder's name nor an address that buildx knows */
export function parseBuilder(text: string, tls: BuilderTls = { ca: '', cert: '', key: '' }): BuilderChoice {
  const given = Object.values(tls).filter((pem) => pem !== '').length;
  if (given > 0 && (given < 3 || !text.startsWith('tcp://'))) {
    throw new ActionError(
      'bad-input',
      'Of builder-ca, builder-cert and builder-key some are given, and not all with a tcp:// builder.',
      {
        remedy: 'A BuildKit behind mutual TLS needs all three, and  builder: tcp://host:1234',
      },
    );
  }
  if (text === '') return { kind: 'current' };
  if (text.includes('://')) {
    if (/^(?:tcp|unix|kube-pod|docker-container|ssh):\/\/\S+$/.test(text))
      return { kind: 'remote', address: text, ...(given > 0 && { tls }) };
  } else if (/^[A-Za-z0-9][\w.-]*$/.test(text)) {
    return { kind: 'named', name: text };
  }
  throw new ActionError(
    'bad-input',
    `The input 'builder' is '${text.slice(0, 120)}', neither a name nor an address.`,
    {
      remedy:
        'Name a builder (builder: my-builder), or give an address (tcp://host:1234, unix:///run/buildkit/buildkitd.sock).',
    },
  );
}
