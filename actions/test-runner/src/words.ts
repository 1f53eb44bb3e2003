import { ActionError } from '@fairway/action-kit';

/**
 * Splits a command line into its words, with the quoting rules of a POSIX shell ('…', "…", \\) and nothing else of a
 * shell: no variables, no globs, no pipes. What only a shell could do is refused by name rather than passed on as text.
 * @throws ActionError 'bad-input'
 */
export function splitWords(input: string, line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line[at] ?? '';
    if (/\s/.test(char)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (char === "'" || char === '"') {
      const quoted = readQuoted(input, line, at);
      word = (word ?? '') + quoted.text;
      at = quoted.end;
    } else if (char === '\\') {
      word = (word ?? '') + (line[++at] ?? '');
    } else {
      if (/[;|&<>`]/.test(char) || line.startsWith('$(', at)) throw needsShell(input, char);
      word = (word ?? '') + char;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

function readQuoted(input: string, line: string, start: number): { text: string; end: number } {
  const quote = line[start];
  let text = '';
  for (let at = start + 1; at < line.length; at++) {
    const char = line[at] ?? '';
    if (char === quote) return { text, end: at };
    if (char === '\\' && quote === '"' && /["\\$`]/.test(line[at + 1] ?? '')) text += line[++at];
    else text += char;
  }
  throw new ActionError('bad-input', `The input '${input}' has a quote ${quote} that is not closed.`, {
    remedy: `Close it, or write \\${quote} where the character itself is meant.`,
  });
}

function needsShell(input: string, char: string): ActionError {
  return new ActionError(
    'bad-input',
    `The input '${input}' holds '${char}', which only a shell understands; it is run without one.`,
    {
      remedy: `Put the line into a script and name that (${input}: bash scripts/test.sh), or quote the character where it is meant as it is.`,
    },
  );
}
