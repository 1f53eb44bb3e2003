/** Colours and cursor movements of a terminal (CSI). */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const SEQUENCE = /\u001b\[[0-9;:?]*[ -/]*[@-~]/g;

/** Titles and links of a terminal (OSC), up to BEL or ESC \. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
const COMMAND = /\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

/** Control characters but tab, line feed and carriage return, and the marks that set the direction of writing. */
const INVISIBLE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is removed
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/**
 * Text from outside without what makes it look like something else: terminal sequences, control characters, and marks
 * that reverse the direction of writing ("Trojan Source", CVE-2021-42574).
 */
export function plain(value: string): string {
  return value.replace(SEQUENCE, '').replace(COMMAND, '').replace(INVISIBLE, '');
}

/** The beginning and the end of a text, at most `limit` characters, with a line between that says so. */
export function ends(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const gap = '\n[…]\n';
  const head = Math.floor((limit - gap.length) / 3);
  return `${value.slice(0, head)}${gap}${value.slice(value.length - (limit - gap.length - head))}`;
}
