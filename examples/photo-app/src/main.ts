import { startApp } from './app.ts';
import { ConfigError, readConfig } from './config.ts';
import { createLogger } from './logger.ts';

const write = (line: string): void => {
  process.stdout.write(line);
};

try {
  const config = readConfig(process.env);
  const logger = createLogger(config.logLevel, write);
  if (config.failStart) {
    throw new ConfigError('PHOTO_APP_FAIL_START=1 asks for a failing start; remove it to run the service');
  }
  const app = await startApp(config, logger);
  const { storage, catalogue, version } = config;
  logger.info('listening', { url: app.url, storage: storage.kind, catalogue: catalogue.kind, version });

  let stopping = false;
  const stop = async (signal: NodeJS.Signals): Promise<void> => {
    if (stopping) return;
    stopping = true;
    logger.info('stopping', { signal });
    const complete = await app.stop();
    if (complete) logger.info('stopped');
    else logger.error('stopped with requests cut off', { limitMs: config.shutdownMs });
    process.exitCode = complete ? 0 : 1;
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);
} catch (cause) {
  // A setting that is wrong needs its message only; anything else needs its stack.
  const logger = createLogger('info', write);
  if (cause instanceof ConfigError) logger.error('cannot start', { reason: cause.message });
  else logger.error('cannot start', { error: cause });
  process.exitCode = 1;
}
