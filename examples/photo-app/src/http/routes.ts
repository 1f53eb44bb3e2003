import type { IncomingMessage } from 'node:http';
import type { Config } from '../config.ts';
import type { Gallery, Rendition } from '../gallery.ts';
import type { Metrics } from '../metrics.ts';
import { describePhoto, isPhotoId, type Photo } from '../photo.ts';
import { Refusal } from '../refusal.ts';
import type { Assets } from './assets.ts';
import { galleryPage } from './page.ts';
import { html, json, noContent, picture, type Reply, seeOther, text } from './reply.ts';
import { storeUpload, type UploadSlots } from './uploading.ts';

/** What the handlers work with. */
export interface Service {
  readonly config: Pick<Config, 'maxUploadBytes'>;
  readonly gallery: Gallery;
  readonly metrics: Metrics;
  readonly assets: Assets;
  readonly slots: UploadSlots;
  /** True from the signal to stop until the end. */
  draining(): boolean;
}

export interface Visit {
  readonly request: IncomingMessage;
  readonly query: URLSearchParams;
  /** The parts of the path that the route leaves open. */
  readonly params: Readonly<Record<string, string | undefined>>;
}

export type Handler = (service: Service, visit: Visit) => Promise<Reply>;

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handle: Handler;
}

const pageSize = 24;

export const routes: readonly Route[] = [
  { method: 'GET', path: '/', handle: showGallery },
  { method: 'GET', path: '/assets/:name', handle: showAsset },
  { method: 'POST', path: '/photos', handle: storeUpload },
  { method: 'GET', path: '/photos', handle: listPhotos },
  {
    method: 'GET',
    path: '/photos/:id',
    handle: async (service, visit) => json(200, describePhoto(await photoOf(service, visit))),
  },
  {
    method: 'GET',
    path: '/photos/:id/original',
    handle: (service, visit) => showPicture(service, visit, 'original'),
  },
  {
    method: 'GET',
    path: '/photos/:id/thumbnail',
    handle: (service, visit) => showPicture(service, visit, 'thumbnail'),
  },
  {
    method: 'DELETE',
    path: '/photos/:id',
    handle: async (service, visit) => removePhoto(service, visit, noContent()),
  },
  // A form can send only GET and POST.
  {
    method: 'POST',
    path: '/photos/:id/delete',
    handle: async (service, visit) => removePhoto(service, visit, seeOther('/')),
  },
  { method: 'GET', path: '/healthz', handle: async () => text(200, 'ok') },
  { method: 'GET', path: '/readyz', handle: showReadiness },
  { method: 'GET', path: '/metrics', handle: showMetrics },
];

async function showGallery({ gallery, config }: Service, { query }: Visit): Promise<Reply> {
  const photos = await gallery.list({ limit: pageSize, before: readBefore(query) });
  const older = photos.length === pageSize ? photos.at(-1)?.id : undefined;
  return html(200, galleryPage(photos, { older, maxUploadBytes: config.maxUploadBytes }));
}

async function showAsset({ assets }: Service, { params }: Visit): Promise<Reply> {
  const asset = assets.get(params.name ?? '');
  if (!asset) throw new Refusal(404, 'not-found', 'There is nothing here.');
  return asset;
}

async function listPhotos({ gallery }: Service, { query }: Visit): Promise<Reply> {
  const limit = readLimit(query);
  const photos = await gallery.list({ limit, before: readBefore(query) });
  const last = photos.length === limit ? photos.at(-1) : undefined;
  return json(200, {
    photos: photos.map(describePhoto),
    next: last ? `/photos?limit=${limit}&before=${last.id}` : null,
  });
}

async function showPicture(service: Service, visit: Visit, rendition: Rendition): Promise<Reply> {
  const photo = await photoOf(service, visit);
  const stored = await service.gallery.read(photo.id, rendition);
  if (!stored) throw unknownPhoto();
  return picture(rendition === 'original' ? photo.contentType : 'image/webp', stored);
}

async function removePhoto({ gallery }: Service, { params }: Visit, done: Reply): Promise<Reply> {
  const id = params.id ?? '';
  if (!isPhotoId(id) || !(await gallery.remove(id))) throw unknownPhoto();
  return done;
}

async function showReadiness({ gallery, draining }: Service): Promise<Reply> {
  if (draining()) throw new Refusal(503, 'stopping', 'This instance is stopping.');
  try {
    await gallery.check();
  } catch (cause) {
    // The cause may name hosts and paths: it goes to the log, not to the visitor.
    throw new Refusal(503, 'not-ready', 'The storage or the catalogue cannot be used now.', {}, { cause });
  }
  return text(200, 'ready');
}

async function showMetrics({ metrics }: Service): Promise<Reply> {
  const body = await metrics.text();
  return { status: 200, headers: { 'content-type': metrics.contentType, 'cache-control': 'no-store' }, body };
}

async function photoOf({ gallery }: Service, { params }: Visit): Promise<Photo> {
  const id = params.id ?? '';
  const photo = isPhotoId(id) ? await gallery.find(id) : undefined;
  if (!photo) throw unknownPhoto();
  return photo;
}

function unknownPhoto(): Refusal {
  return new Refusal(404, 'no-such-photo', 'There is no photo with this id; it may have been deleted.');
}

function readLimit(query: URLSearchParams): number {
  const given = query.get('limit') ?? String(pageSize);
  const limit = /^\d{1,3}$/.test(given) ? Number(given) : 0;
  if (limit < 1 || limit > 100)
    throw new Refusal(400, 'bad-limit', '"limit" must be a whole number from 1 to 100.');
  return limit;
}

function readBefore(query: URLSearchParams): string | undefined {
  const before = query.get('before') ?? undefined;
  if (before !== undefined && !isPhotoId(before))
    throw new Refusal(400, 'bad-before', '"before" must be the id of a photo.');
  return before;
}
