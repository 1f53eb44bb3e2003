import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { openCatalogue } from './catalogue/catalogue.ts';
import type { Config } from './config.ts';
import { Gallery } from './gallery.ts';
import { loadAssets } from './http/assets.ts';
import { createPhotoServer } from './http/server.ts';
import { UploadSlots } from './http/uploading.ts';
import { drain } from './lifecycle.ts';
import type { Logger } from './logger.ts';
import { createMetrics } from './metrics.ts';
import { openStorage } from './storage/storage.ts';

export interface RunningApp {
  readonly url: string;
  /** Answers what is open, then closes the catalogue; false when open requests had to be cut off. */
  stop(): Promise<boolean>;
}

/** Opens the storage and the catalogue and listens. */
export async function startApp(config: Config, logger: Logger): Promise<RunningApp> {
  const [storage, catalogue, assets] = await Promise.all([
    openStorage(config.storage),
    openCatalogue(config.catalogue),
    loadAssets(),
  ]);
  let draining = false;
  const gallery = new Gallery(storage, catalogue);
  const metrics = createMetrics(config);
  const slots = new UploadSlots(config.maxUploadsInFlight, (taken) => metrics.uploadsInFlight.set(taken));
  const service = { config, gallery, metrics, assets, slots, draining: () => draining };
  const server = createPhotoServer(service, logger);
  server.listen(config.port, config.host);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      draining = true;
      const complete = await drain(server, config.shutdownMs);
      await catalogue.close();
      return complete;
    },
  };
}
