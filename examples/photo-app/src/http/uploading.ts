import { describePhoto, type Photo } from '../photo.ts';
import { Refusal } from '../refusal.ts';
import { receiveUpload } from '../upload.ts';
import { refusalPage } from './page.ts';
import { html, json, type Reply, refuse, seeOther } from './reply.ts';
import type { Service, Visit } from './routes.ts';

/**
 * How many uploads may be open at once. Each holds its photo in memory: with too many the process
 * would be killed, and all of them lost.
 */
export class UploadSlots {
  readonly #limit: number;
  readonly #changed: (taken: number) => void;
  #taken = 0;

  constructor(limit: number, changed: (taken: number) => void) {
    this.#limit = limit;
    this.#changed = changed;
  }

  /** @throws {Refusal} 503 when every slot is taken */
  async hold<T>(work: () => Promise<T>): Promise<T> {
    if (this.#taken >= this.#limit) {
      throw new Refusal(503, 'busy', 'Too many uploads at once. Try again in a moment.', {
        'retry-after': '1',
      });
    }
    this.#changed(++this.#taken);
    try {
      return await work();
    } finally {
      this.#changed(--this.#taken);
    }
  }
}

/** Stores a photo; a program is answered in JSON, a form of a browser without script with a page. */
export async function storeUpload(service: Service, visit: Visit): Promise<Reply> {
  const wantsPage = /\btext\/html\b/.test(visit.request.headers.accept ?? '');
  try {
    const photo = await service.slots.hold(() => store(service, visit));
    if (wantsPage) return seeOther('/');
    return json(201, describePhoto(photo), { location: `/photos/${photo.id}` });
  } catch (cause) {
    service.metrics.uploads.inc({ result: cause instanceof Refusal ? 'rejected' : 'failed' });
    if (!(cause instanceof Refusal)) throw cause;
    return wantsPage ? html(cause.status, refusalPage(cause.message), cause.headers) : refuse(cause);
  }
}

async function store({ config, gallery, metrics }: Service, { request, query }: Visit): Promise<Photo> {
  const photo = await gallery.add(await receiveUpload(request, query, config.maxUploadBytes));
  metrics.uploads.inc({ result: 'stored' });
  metrics.uploadedBytes.inc(photo.bytes);
  return photo;
}
