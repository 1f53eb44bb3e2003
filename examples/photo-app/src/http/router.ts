import { Refusal } from '../refusal.ts';
import type { Route, Visit } from './routes.ts';

export interface Match {
  readonly route: Route;
  readonly params: Visit['params'];
}

/** A path such as `/photos/:id`, ready to be compared. */
interface Pattern {
  readonly route: Route;
  readonly expression: RegExp;
}

export class Router {
  readonly #patterns: readonly Pattern[];

  constructor(routes: readonly Route[]) {
    this.#patterns = routes.map((route) => ({
      route,
      expression: new RegExp(`^${route.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`),
    }));
  }

  /**
   * HEAD is answered as GET.
   *
   * @throws {Refusal} 404, or 405 with the methods that the path does have
   */
  match(method: string, path: string): Match {
    const here = this.#patterns.flatMap(({ route, expression }) => {
      const found = expression.exec(path);
      return found ? [{ route, params: { ...found.groups } }] : [];
    });
    if (here.length === 0) throw new Refusal(404, 'not-found', 'There is nothing here.');
    const match = here.find(({ route }) => route.method === (method === 'HEAD' ? 'GET' : method));
    if (match) return match;
    const allow = [...new Set(here.map(({ route }) => route.method))].join(', ');
    throw new Refusal(405, 'method-not-allowed', `This address answers only ${allow}.`, { allow });
  }
}
