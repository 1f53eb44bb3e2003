/** The contexts that a default in an action.yml may speak of. */
export interface ExpressionContexts {
  readonly [context: string]: unknown;
}

const operandPattern =
  /^(?:'(?<text>(?:[^']|'')*)'|(?<number>-?\d+(?:\.\d+)?)|(?<word>true|false|null)|(?<path>[\w-]+(?:\.[\w-]+)+))$/;

/**
 * Replaces each `${{ … }}` in the text. Understood are property paths (`github.token`,
 * `github.event.pull_request.number`), literals, and `||` between them, which is what defaults in action.yml
 * files are made of. A path that leads nowhere is the empty string, as on GitHub.
 * @throws Error for anything else, so that a default is never guessed
 */
export function resolveExpressions(text: string, contexts: ExpressionContexts): string {
  return text.replaceAll(/\$\{\{(.*?)\}\}/gs, (_, expression: string) =>
    toText(evaluate(expression, contexts)),
  );
}

function evaluate(expression: string, contexts: ExpressionContexts): unknown {
  let value: unknown = '';
  for (const operand of expression.split('||')) {
    value = operandValue(operand.trim(), contexts);
    if (isTruthy(value)) return value;
  }
  return value;
}

function operandValue(operand: string, contexts: ExpressionContexts): unknown {
  const groups = operandPattern.exec(operand)?.groups;
  if (groups?.text !== undefined) return groups.text.replaceAll("''", "'");
  if (groups?.number !== undefined) return Number(groups.number);
  if (groups?.word !== undefined) return JSON.parse(groups.word) as unknown;
  if (groups?.path !== undefined) return lookUp(groups.path.split('.'), contexts);
  throw new Error(
    `The expression "${operand}" is outside what this runner resolves (paths, literals and ||). Give the input a value in the test.`,
  );
}

function lookUp(path: readonly string[], contexts: ExpressionContexts): unknown {
  let value: unknown = contexts;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return '';
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}

function isTruthy(value: unknown): boolean {
  return value !== '' && value !== 0 && value !== false && value !== null && value !== undefined;
}

function toText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'object' ? 'Object' : String(value);
}
