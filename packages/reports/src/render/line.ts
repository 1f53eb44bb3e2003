/** A text from outside as one line that fits beside others. */
export function oneLine(text: string): string {
  return limited(text.replace(/\s+/g, ' ').trim(), 240);
}

/** A text's beginning. */
export function limited(text: string, characters: number): string {
  return text.length > characters ? `${text.slice(0, characters)}…` : text;
}
