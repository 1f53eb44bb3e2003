import { ActionError } from '@fairway/action-kit';

/** Which BuildKit builds: the machine's current builder, one named, or one at an address. */
export type BuilderChoice =
  | { readonly kind: 'current' }
  | { readonly kind: 'named'; readonly name: string }
  | { readonly kind: 'remote'; readonly address: string };

/** @throws ActionError 'bad-input' for what is neither a builder's name nor an address that buildx knows */
export function parseBuilder(text: string): BuilderChoice {
  if (text === '') return { kind: 'current' };
  if (text.includes('://')) {
    if (/^(?:tcp|unix|kube-pod|docker-container|ssh):\/\/\S+$/.test(text))
      return { kind: 'remote', address: text };
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
