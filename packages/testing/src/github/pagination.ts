const defaultPageSize = 30;
const pageSizeLimit = 100;

export interface Page {
  readonly items: readonly unknown[];
  /** The Link header; undefined when everything fits on one page. */
  readonly link: string | undefined;
}

/**
 * Cuts one page out of a list as GitHub does: `per_page` is held to 1–100, and the Link header names only the pages
 * there are. Source: https://docs.github.com/rest/using-the-rest-api/using-pagination-in-the-rest-api
 */
export function paginate(list: readonly unknown[], url: URL): Page {
  const size = Math.min(pageSizeLimit, positive(url.searchParams.get('per_page')) ?? defaultPageSize);
  const page = positive(url.searchParams.get('page')) ?? 1;
  const last = Math.max(1, Math.ceil(list.length / size));
  const targets: [string, number][] = [];
  if (page > 1) targets.push(['prev', Math.min(page - 1, last)]);
  if (page < last) targets.push(['next', page + 1], ['last', last]);
  if (page > 1) targets.push(['first', 1]);
  const link = targets
    .map(([relation, number]) => `<${withPage(url, number)}>; rel="${relation}"`)
    .join(', ');
  return { items: list.slice((page - 1) * size, page * size), link: link === '' ? undefined : link };
}

function withPage(url: URL, page: number): string {
  const target = new URL(url);
  target.searchParams.set('page', String(page));
  return target.href;
}

function positive(text: string | null): number | undefined {
  const number = Number(text);
  return text !== null && Number.isInteger(number) && number > 0 ? number : undefined;
}
