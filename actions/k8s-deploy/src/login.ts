import { mask } from '@fairway/action-kit';

/** A password may stand in an address, as written and decoded. */
export function maskLogin(address: string): void {
  const password = URL.canParse(address) ? new URL(address).password : '';
  if (password === '') return;
  mask(password);
  mask(decoded(password));
}

/** An address as it may be shown and as `fetch` takes it, with the login that stood in it as a header. Pure. */
export function loginOf(given: string): { readonly address: string; readonly authorization: string } {
  const url = new URL(given);
  if (url.username === '' && url.password === '') return { address: given, authorization: '' };
  const login = `${decoded(url.username)}:${decoded(url.password)}`;
  url.username = '';
  url.password = '';
  return { address: url.href, authorization: `Basic ${Buffer.from(login).toString('base64')}` };
}

/** A lone '%' is a character as any other. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
